package io.millrace.storage.bookkeeper;

import io.millrace.storage.CorruptEntryException;
import io.netty.buffer.ByteBuf;

/**
 * What each entry of a log's ledger begins with (docs/formats/bookkeeper.md). Behind it come bytes of the shard's
 * stream of records, from {@code position} on; the digest of BookKeeper covers both.
 *
 * @param shard the shard
 * @param epoch the epoch of the owner that wrote it
 * @param position the position of the first byte
 * @param recordsFrom the position of the first record that begins in this entry or, if none does, behind it
 * @param recordsTo up to where records are whole with this entry
 */
record EntryHeader(int shard, long epoch, long position, long recordsFrom, long recordsTo) {
    static final int MAGIC = 0x4D524C45; // MRLE
    static final int VERSION = 1;
    static final int MAGIC_AT = 0;
    static final int VERSION_AT = 4;
    static final int SHARD_AT = 8;
    static final int EPOCH_AT = 12;
    static final int POSITION_AT = 20;
    static final int RECORDS_FROM_AT = 28;
    static final int RECORDS_TO_AT = 36;
    static final int BYTES = 44;

    /** The bytes of the length that each record of the stream begins with. */
    static final int RECORD_PREFIX_BYTES = 4;

    void encode(ByteBuf target) {
        target.writeInt(MAGIC)
                .writeInt(VERSION)
                .writeInt(shard)
                .writeLong(epoch)
                .writeLong(position)
                .writeLong(recordsFrom)
                .writeLong(recordsTo);
    }

    /** Reads the header at the reader index and moves behind it; {@code place} is for the exception. */
    static EntryHeader decode(ByteBuf source, int expectedShard, String place) throws CorruptEntryException {
        if (source.readableBytes() < BYTES || source.readInt() != MAGIC) {
            throw new CorruptEntryException(place, "not an entry of a shard log");
        }
        int version = source.readInt();
        if (version != VERSION) {
            throw new CorruptEntryException(place, "entry of format " + version + ", expected " + VERSION);
        }
        EntryHeader header = new EntryHeader(
                source.readInt(), source.readLong(), source.readLong(), source.readLong(), source.readLong());
        if (header.shard != expectedShard) {
            throw new CorruptEntryException(place, "an entry of shard " + header.shard);
        }
        return header;
    }
}
