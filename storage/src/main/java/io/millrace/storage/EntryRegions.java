package io.millrace.storage;

import io.netty.buffer.ByteBuf;

/**
 * Bodies of entries as file regions: those of a format that carries a checksum which its clients verify, from a size on
 * from which it pays. What is sent as a region is not verified here. Immutable.
 */
public final class EntryRegions implements RegionChoice {
    private final int bodyBytesMin;
    private final int format;

    /** Of bodies in {@code format}, a constant of {@link BodyFormat}, those of {@code bodyBytesMin} bytes or more. */
    public EntryRegions(int format, int bodyBytesMin) {
        if (bodyBytesMin < 1) {
            throw new IllegalArgumentException("a region has 1 byte or more, not " + bodyBytesMin);
        }
        this.format = format;
        this.bodyBytesMin = bodyBytesMin;
    }

    @Override
    public int recordBytesMin() {
        return EntryRecord.BYTES_MIN + bodyBytesMin;
    }

    @Override
    public int headBytes() {
        return EntryRecord.HEAD_BYTES_MAX;
    }

    @Override
    public int regionFrom(ByteBuf head, int recordBytes) {
        EntryEnvelope envelope = new EntryEnvelope();
        try {
            EntryRecord.verifyHead(head, recordBytes, envelope, "an entry");
        } catch (CorruptEntryException e) {
            return WHOLE; // and who verifies the whole says what is wrong with it
        }
        boolean wanted = envelope.format == format && envelope.bodyBytes >= bodyBytesMin;
        return wanted ? recordBytes - envelope.bodyBytes : WHOLE;
    }
}
