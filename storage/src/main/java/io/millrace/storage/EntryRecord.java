package io.millrace.storage;

import io.netty.buffer.ByteBuf;

/**
 * An entry as a record of a shard log, which is also how segments hold it: one byte that says that it is one, its
 * {@link EntryEnvelope}, its body. Stateless.
 */
public final class EntryRecord {
    /** The first byte of a record that is an entry. */
    public static final byte KIND = 2;
    /** Where the envelope begins. */
    public static final int ENVELOPE_AT = 1;
    /** The least bytes of one. */
    public static final int BYTES_MIN = ENVELOPE_AT + EntryEnvelope.BYTES_MIN;

    private EntryRecord() {}

    /**
     * Checks all of {@code record}, from its first byte to its last, and leaves what the envelope says in {@code
     * envelope}; {@code place} names it in the failure.
     */
    public static void verify(ByteBuf record, EntryEnvelope envelope, String place) throws CorruptEntryException {
        if (!record.isReadable() || record.getByte(record.readerIndex()) != KIND) {
            throw new CorruptEntryException(place, "it is not an entry");
        }
        int at = record.readerIndex() + ENVELOPE_AT;
        envelope.read(record, at, place);
        envelope.verifyBody(record, at, place);
    }
}
