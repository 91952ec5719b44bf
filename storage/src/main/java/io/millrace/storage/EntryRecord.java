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

    /** The most bytes in front of a body. */
    public static final int HEAD_BYTES_MAX = ENVELOPE_AT + EntryEnvelope.BYTES_MAX;

    private EntryRecord() {}

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
        if (!head.isReadable() || head.getByte(head.readerIndex()) != KIND) {
            throw new CorruptEntryException(place, "it is not an entry");
        }
        envelope.read(head, head.readerIndex() + ENVELOPE_AT, recordBytes - ENVELOPE_AT, place);
    }
}
