package io.millrace.storage;

import io.millrace.base.Crc32c;
import io.netty.buffer.ByteBuf;

/**
 * The fixed envelope in front of every stored body, {@value #BYTES} bytes, big-endian (docs/formats/entry.md).
 *
 * <p>An entry is the unit of storage: one or more messages of one log, in the format of the protocol that wrote them.
 * Its messages have the offsets {@code firstOffset} to {@code firstOffset + span - 1}; {@code count} of them are there.
 * Envelope and body have separate checksums, the envelope's covers the length and the checksum of the body.
 *
 * <p>A reusable view of one envelope, in both directions; not thread-safe. It holds no reference to a buffer.
 */
public final class EntryEnvelope {
    /** The length of an envelope. */
    public static final int BYTES = 80;

    /** No due time, or no expiry. */
    public static final long NONE = 0;

    /** Flag: the messages belong to a transaction. */
    public static final int TRANSACTIONAL = 1;

    /** Flag: the body is a control record of the protocol, not messages for consumers. */
    public static final int CONTROL = 2;

    /**
     * Flag: the due time ends a delay, which goes on evenly whatever is done to the wall clock; it is in milliseconds
     * of the shard's own time (docs/formats/shard-log.md).
     */
    public static final int DELAYED = 4;

    /** The priority of messages of which nobody says one: half of all priorities are before it. */
    public static final int PRIORITY_NORMAL = 1 << 31;

    static final int CRC_AT = 0;
    static final int BODY_BYTES_AT = 4;
    static final int BODY_CRC_AT = 8;
    static final int FORMAT_AT = 12;
    static final int FLAGS_AT = 13;
    static final int PRODUCER_EPOCH_AT = 14;
    static final int LOG_AT = 16;
    static final int FIRST_OFFSET_AT = 24;
    static final int COUNT_AT = 32;
    static final int SPAN_AT = 36;
    static final int PRIORITY_AT = 40;
    static final int PRODUCER_SEQUENCE_AT = 44;
    static final int DUE_AT = 48;
    static final int EXPIRY_AT = 56;
    static final int TIMESTAMP_AT = 64;
    static final int PRODUCER_AT = 72;

    private final Crc32c crc = new Crc32c();

    /** The log that the entry belongs to. */
    public long logId;
    /** The offset of its first message. */
    public long firstOffset;
    /** How many messages it holds, at least 1 unless it is a control record. */
    public int count;
    /** How many offsets it takes up, at least {@link #count}. */
    public int span;
    /** Delivery priority, unsigned, 0 first; {@link #PRIORITY_NORMAL} where the publisher has none in mind. */
    public int priority;
    /** When its messages may be delivered, epoch milliseconds (but see {@link #DELAYED}), or {@link #NONE}. */
    public long dueMillis;
    /** When its messages end unconsumed, epoch milliseconds, or {@link #NONE}. */
    public long expiryMillis;
    /** The largest timestamp of its messages, epoch milliseconds. */
    public long timestampMillis;
    /** Who published it, for deduplication; 0 for nobody in particular. */
    public long producerId;
    /** The generation of the producer, unsigned 16 bits. */
    public int producerEpoch;
    /** The producer's number of the first message. */
    public int producerSequence;
    /** {@link #TRANSACTIONAL}, {@link #CONTROL}, {@link #DELAYED}. */
    public int flags;
    /** The format of the body: a constant of {@link BodyFormat}. */
    public int format;
    /** The length of the body in bytes. */
    public int bodyBytes;
    /** The CRC-32C of the body. */
    public int bodyCrc;

    /**
     * Writes the envelope over the {@value #BYTES} bytes of {@code target} from {@code index} on, for the body of
     * {@code bodyLength} bytes that lies right behind them.
     */
    public void write(ByteBuf target, int index, int bodyLength) {
        bodyBytes = bodyLength;
        bodyCrc = crcOf(target, index + BYTES, bodyLength);
        target.setInt(index + BODY_BYTES_AT, bodyBytes);
        target.setInt(index + BODY_CRC_AT, bodyCrc);
        target.setByte(index + FORMAT_AT, format);
        target.setByte(index + FLAGS_AT, flags);
        target.setShort(index + PRODUCER_EPOCH_AT, producerEpoch);
        target.setLong(index + LOG_AT, logId);
        target.setLong(index + FIRST_OFFSET_AT, firstOffset);
        target.setInt(index + COUNT_AT, count);
        target.setInt(index + SPAN_AT, span);
        target.setInt(index + PRIORITY_AT, priority);
        target.setInt(index + PRODUCER_SEQUENCE_AT, producerSequence);
        target.setLong(index + DUE_AT, dueMillis);
        target.setLong(index + EXPIRY_AT, expiryMillis);
        target.setLong(index + TIMESTAMP_AT, timestampMillis);
        target.setLong(index + PRODUCER_AT, producerId);
        target.setInt(index + CRC_AT, crcOf(target, index + BODY_BYTES_AT, BYTES - BODY_BYTES_AT));
    }

    /**
     * Reads the envelope at {@code index} of {@code source}; {@code place} names it in the failure. The body is
     * verified apart, by {@link #verifyBody}.
     */
    public void read(ByteBuf source, int index, String place) throws CorruptEntryException {
        if (source.writerIndex() - index < BYTES) {
            throw new CorruptEntryException(place, "an envelope has " + BYTES + " bytes");
        }
        if (source.getInt(index + CRC_AT) != crcOf(source, index + BODY_BYTES_AT, BYTES - BODY_BYTES_AT)) {
            throw new CorruptEntryException(place, "the envelope fails its checksum");
        }
        bodyBytes = source.getInt(index + BODY_BYTES_AT);
        bodyCrc = source.getInt(index + BODY_CRC_AT);
        format = source.getUnsignedByte(index + FORMAT_AT);
        flags = source.getUnsignedByte(index + FLAGS_AT);
        producerEpoch = source.getUnsignedShort(index + PRODUCER_EPOCH_AT);
        logId = source.getLong(index + LOG_AT);
        firstOffset = source.getLong(index + FIRST_OFFSET_AT);
        count = source.getInt(index + COUNT_AT);
        span = source.getInt(index + SPAN_AT);
        priority = source.getInt(index + PRIORITY_AT);
        producerSequence = source.getInt(index + PRODUCER_SEQUENCE_AT);
        dueMillis = source.getLong(index + DUE_AT);
        expiryMillis = source.getLong(index + EXPIRY_AT);
        timestampMillis = source.getLong(index + TIMESTAMP_AT);
        producerId = source.getLong(index + PRODUCER_AT);
        if (bodyBytes < 0
                || bodyBytes != source.writerIndex() - index - BYTES
                || span < 1
                || count < 0
                || count > span) {
            throw new CorruptEntryException(place, "the envelope does not fit the record that it is in");
        }
    }

    /** The expiry of the entry whose verified envelope is at {@code index} of {@code source}. */
    public static long expiryMillis(ByteBuf source, int index) {
        return source.getLong(index + EXPIRY_AT);
    }

    /** Verifies the body behind the envelope at {@code index}, which was {@link #read}. */
    public void verifyBody(ByteBuf source, int index, String place) throws CorruptEntryException {
        if (crcOf(source, index + BYTES, bodyBytes) != bodyCrc) {
            throw new CorruptEntryException(place, "the body fails its checksum");
        }
    }

    private int crcOf(ByteBuf source, int index, int length) {
        // Our chunks and read buffers are one piece of memory each; the view is theirs and costs no allocation.
        return crc.reset().add(source.internalNioBuffer(index, length), length).value();
    }
}
