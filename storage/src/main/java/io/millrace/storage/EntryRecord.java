package io.millrace.storage;

import io.netty.buffer.ByteBuf;

/**
 * An entry as a record of a shard log, which is also how segments hold it: one byte that says that it is one, its
 * {@link EntryEnvelope}, its body. One that several logs share says so by that byte: its envelope names the first of
 * them only. In a shard log all of them are listed behind the body; whoever knows where the entry is knows its length
 * without that list, and reads only so much. Stateless.
 */
public final class EntryRecord {
    /** The first byte of a record that is an entry. */
    public static final byte KIND = 2;
    /** The first byte of one that is an entry of several logs. */
    public static final byte SHARED_KIND = 13;
    /** Where the envelope begins. */
    public static final int ENVELOPE_AT = 1;
    /** The least bytes of one. */
    public static final int BYTES_MIN = ENVELOPE_AT + EntryEnvelope.BYTES_MIN;

    /** The most bytes in front of a body. */
    public static final int HEAD_BYTES_MAX = ENVELOPE_AT + EntryEnvelope.BYTES_MAX;

    private EntryRecord() {}

    /** Whether a record that begins with {@code kind} is an entry. */
    public static boolean isEntry(byte kind) {
        return kind == KIND || kind == SHARED_KIND;
    }

    /** Whether {@code record}, which is an entry, says itself which log it is of, and at which offset. */
    public static boolean namesPlace(ByteBuf record) {
        return record.getByte(record.readerIndex()) == KIND;
    }

    /**
     * The entry at the beginning of {@code record}, without the list that an entry of several logs has behind its body
     * in a shard log; all of it where it is another record, or says nothing that can be. A slice, not retained.
     */
    public static ByteBuf withoutList(ByteBuf record) {
        int bytes = record.readableBytes();
        int start = record.readerIndex();
        if (bytes < BYTES_MIN || record.getByte(start) != SHARED_KIND) {
            return record;
        }
        long said = ENVELOPE_AT + EntryEnvelope.entryBytesAt(record, start + ENVELOPE_AT);
        return said >= BYTES_MIN && said < bytes ? record.slice(start, (int) said) : record;
    }

    /**
     * Checks all of {@code record}, from its first byte to its last, and leaves what the envelope says in {@code
     * envelope}; {@code place} names it in the failure.
     */
    public static void verify(ByteBuf record, EntryEnvelope envelope, String place) throws CorruptEntryException {
        verifyHead(record, record.readableBytes(), envelope, place);
        envelope.verifyBody(record, record.readerIndex() + ENVELOPE_AT, place);
    }

    /**
     * Checks what stands in front of the body of a record of {@code recordBytes} bytes, of which {@code head} has the
     * first {@link #HEAD_BYTES_MAX} or all; as {@link #verify} otherwise.
     */
    public static void verifyHead(ByteBuf head, int recordBytes, EntryEnvelope envelope, String place)
            throws CorruptEntryException {
        if (!head.isReadable() || !isEntry(head.getByte(head.readerIndex()))) {
            throw new CorruptEntryException(place, "it is not an entry");
        }
        envelope.read(head, head.readerIndex() + ENVELOPE_AT, recordBytes - ENVELOPE_AT, place);
    }
}
