package io.millrace.storage;

import io.millrace.base.Crc32c;
import io.netty.buffer.ByteBuf;

/**
 * The envelope in front of every stored body, big-endian (docs/formats/entry.md): {@value #BYTES_MIN} bytes that every
 * entry has, and behind them those fields that the entry needs.
 *
 * <p>An entry is the unit of storage: one or more messages of one log, in the format of the protocol that wrote them.
 * Its messages have the offsets {@code firstOffset} to {@code firstOffset + span - 1}; {@code count} of them are there.
 * Envelope and body have separate checksums, the envelope's covers the length and the checksum of the body.
 *
 * <p>A reusable view of one envelope, in both directions; not thread-safe. It holds no reference to a buffer.
 */
public final class EntryEnvelope {
    /** The least bytes of an envelope. */
    public static final int BYTES_MIN = 40;

    /** No due time, no expiry, or as both halves of a hash, no group or no deduplication. */
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

    /** Flag: the messages were published before, to another log, and moved; their body says where and why. */
    public static final int MOVED = 8;

    /** The priority of messages of which nobody says one: half of all priorities are before it. */
    public static final int PRIORITY_NORMAL = 1 << 31;

    static final int CRC_AT = 0;
    static final int BODY_BYTES_AT = 4;
    static final int BODY_CRC_AT = 8;
    static final int FORMAT_AT = 12;
    static final int FLAGS_AT = 13;
    static final int FIELDS_AT = 14;
    static final int LOG_AT = 16;
    static final int FIRST_OFFSET_AT = 24;
    static final int TIMESTAMP_AT = 32;

    // The fields that may follow, in the order of their bits.
    static final int HAS_COUNT = 1;
    static final int HAS_PRIORITY = 2;
    static final int HAS_DUE = 4;
    static final int HAS_EXPIRY = 8;
    static final int HAS_PRODUCER = 16;
    static final int HAS_GROUP = 32;
    static final int HAS_DEDUPLICATION = 64;

    private static final int[] FIELD_BYTES = {8, 4, 8, 8, 14, 16, 24};
    /** For each combination of fields the length of the envelope. */
    private static final int[] LENGTHS = lengths();

    /** The most bytes of an envelope: all fields are there. */
    public static final int BYTES_MAX = LENGTHS[LENGTHS.length - 1];

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
    /** Who published it; 0 for nobody in particular, then epoch and sequence are 0 too. */
    public long producerId;
    /** The generation of the producer, unsigned 16 bits. */
    public int producerEpoch;
    /** The producer's number of the first message. */
    public int producerSequence;
    /** The hash of the group whose messages are delivered in order, one at a time; both halves {@link #NONE}: none. */
    public long groupHigh;
    /** The lower half of {@link #groupHigh}. */
    public long groupLow;
    /** The hash of the key by which a second publish of the same is known; both halves {@link #NONE}: none. */
    public long deduplicationHigh;
    /** The lower half of {@link #deduplicationHigh}. */
    public long deduplicationLow;
    /** Up to when such a publish is a duplicate, in the shard's own time (docs/formats/shard-log.md). */
    public long deduplicationUntilMillis;
    /** {@link #TRANSACTIONAL}, {@link #CONTROL}, {@link #DELAYED}, {@link #MOVED}. */
    public int flags;
    /** The format of the body: a constant of {@link BodyFormat}. */
    public int format;
    /** The length of the body in bytes. */
    public int bodyBytes;
    /** The CRC-32C of the body. */
    public int bodyCrc;

    private static int[] lengths() {
        int[] lengths = new int[1 << FIELD_BYTES.length];
        for (int fields = 0; fields < lengths.length; fields++) {
            lengths[fields] = BYTES_MIN;
            for (int i = 0; i < FIELD_BYTES.length; i++) {
                lengths[fields] += (fields >> i & 1) * FIELD_BYTES[i];
            }
        }
        return lengths;
    }

    /** Makes it that of {@code messages} messages of which nothing is known but when and where they are stored. */
    public void reset(long log, long offset, int messages, long nowMillis) {
        clearFields();
        logId = log;
        firstOffset = offset;
        count = messages;
        span = messages;
        timestampMillis = nowMillis;
        flags = 0;
    }

    private void clearFields() {
        count = 1;
        span = 1;
        priority = PRIORITY_NORMAL;
        dueMillis = NONE;
        expiryMillis = NONE;
        producerId = 0;
        producerEpoch = 0;
        producerSequence = 0;
        groupHigh = NONE;
        groupLow = NONE;
        deduplicationHigh = NONE;
        deduplicationLow = NONE;
        deduplicationUntilMillis = NONE;
    }

    /** Another one that says the same, but for what it says of the body. */
    public EntryEnvelope copy() {
        EntryEnvelope copy = new EntryEnvelope();
        copy.reset(logId, firstOffset, count, timestampMillis);
        copy.span = span;
        copy.priority = priority;
        copy.dueMillis = dueMillis;
        copy.expiryMillis = expiryMillis;
        copy.producerId = producerId;
        copy.producerEpoch = producerEpoch;
        copy.producerSequence = producerSequence;
        copy.groupHigh = groupHigh;
        copy.groupLow = groupLow;
        copy.deduplicationHigh = deduplicationHigh;
        copy.deduplicationLow = deduplicationLow;
        copy.deduplicationUntilMillis = deduplicationUntilMillis;
        copy.flags = flags;
        copy.format = format;
        return copy;
    }

    /** Whether {@code other} says the same, but for the log, the first offset and what it says of the body. */
    public boolean saysSame(EntryEnvelope other) {
        return count == other.count
                && span == other.span
                && priority == other.priority
                && dueMillis == other.dueMillis
                && expiryMillis == other.expiryMillis
                && timestampMillis == other.timestampMillis
                && producerId == other.producerId
                && producerEpoch == other.producerEpoch
                && producerSequence == other.producerSequence
                && groupHigh == other.groupHigh
                && groupLow == other.groupLow
                && deduplicationHigh == other.deduplicationHigh
                && deduplicationLow == other.deduplicationLow
                && deduplicationUntilMillis == other.deduplicationUntilMillis
                && flags == other.flags
                && format == other.format;
    }

    /** Whether its messages belong to a group. */
    public boolean isGrouped() {
        return (groupHigh | groupLow) != NONE;
    }

    /** Whether a second publish of the same is known by a key. */
    public boolean isDeduplicated() {
        return (deduplicationHigh | deduplicationLow) != NONE;
    }

    /** The length of the envelope with what it says now; the body lies behind it. */
    public int bytes() {
        return LENGTHS[fields()];
    }

    /** The length of the envelope at {@code index} of {@code source}, which was verified. */
    public static int bytesAt(ByteBuf source, int index) {
        return LENGTHS[source.getUnsignedShort(index + FIELDS_AT)];
    }

    /** What envelope and body have together by what the envelope at {@code index} says, which is not verified. */
    static long entryBytesAt(ByteBuf source, int index) {
        int fields = source.getUnsignedShort(index + FIELDS_AT);
        return fields < LENGTHS.length ? (long) LENGTHS[fields] + source.getInt(index + BODY_BYTES_AT) : -1;
    }

    private int fields() {
        return (count == 1 && span == 1 ? 0 : HAS_COUNT)
                | (priority == PRIORITY_NORMAL ? 0 : HAS_PRIORITY)
                | (dueMillis == NONE ? 0 : HAS_DUE)
                | (expiryMillis == NONE ? 0 : HAS_EXPIRY)
                | (producerId == 0 ? 0 : HAS_PRODUCER)
                | (isGrouped() ? HAS_GROUP : 0)
                | (isDeduplicated() ? HAS_DEDUPLICATION : 0);
    }

    /**
     * Writes the envelope over the {@link #bytes} bytes of {@code target} from {@code index} on, for the body of
     * {@code bodyLength} bytes that lies right behind them.
     */
    public void write(ByteBuf target, int index, int bodyLength) {
        int fields = fields();
        int length = LENGTHS[fields];
        bodyBytes = bodyLength;
        bodyCrc = crcOf(target, index + length, bodyLength);
        target.setInt(index + BODY_BYTES_AT, bodyBytes);
        target.setInt(index + BODY_CRC_AT, bodyCrc);
        target.setByte(index + FORMAT_AT, format);
        target.setByte(index + FLAGS_AT, flags);
        target.setShort(index + FIELDS_AT, fields);
        target.setLong(index + LOG_AT, logId);
        target.setLong(index + FIRST_OFFSET_AT, firstOffset);
        target.setLong(index + TIMESTAMP_AT, timestampMillis);
        if (fields != 0) {
            writeFields(target, index + BYTES_MIN, fields);
        }
        target.setInt(index + CRC_AT, crcOf(target, index + BODY_BYTES_AT, length - BODY_BYTES_AT));
    }

    private void writeFields(ByteBuf target, int index, int fields) {
        int at = index;
        if ((fields & HAS_COUNT) != 0) {
            target.setInt(at, count).setInt(at + 4, span);
            at += 8;
        }
        if ((fields & HAS_PRIORITY) != 0) {
            target.setInt(at, priority);
            at += 4;
        }
        if ((fields & HAS_DUE) != 0) {
            target.setLong(at, dueMillis);
            at += 8;
        }
        if ((fields & HAS_EXPIRY) != 0) {
            target.setLong(at, expiryMillis);
            at += 8;
        }
        if ((fields & HAS_PRODUCER) != 0) {
            target.setLong(at, producerId).setShort(at + 8, producerEpoch).setInt(at + 10, producerSequence);
            at += 14;
        }
        if ((fields & HAS_GROUP) != 0) {
            target.setLong(at, groupHigh).setLong(at + 8, groupLow);
            at += 16;
        }
        if ((fields & HAS_DEDUPLICATION) != 0) {
            target.setLong(at, deduplicationHigh).setLong(at + 8, deduplicationLow);
            target.setLong(at + 16, deduplicationUntilMillis);
        }
    }

    /**
     * Reads the envelope at {@code index} of {@code source}; {@code place} names it in the failure. The body is
     * verified apart, by {@link #verifyBody}.
     */
    public void read(ByteBuf source, int index, String place) throws CorruptEntryException {
        read(source, index, source.writerIndex() - index, place);
    }

    /** The same of an entry of {@code entryBytes} bytes, of which some of the body may not be in {@code source}. */
    public void read(ByteBuf source, int index, int entryBytes, String place) throws CorruptEntryException {
        int there = source.writerIndex() - index;
        int fields = there < BYTES_MIN ? 0 : source.getUnsignedShort(index + FIELDS_AT);
        if (fields >= LENGTHS.length || there < LENGTHS[fields]) {
            throw new CorruptEntryException(place, "there is no envelope in " + Math.max(0, there) + " bytes");
        }
        int length = LENGTHS[fields];
        if (source.getInt(index + CRC_AT) != crcOf(source, index + BODY_BYTES_AT, length - BODY_BYTES_AT)) {
            throw new CorruptEntryException(place, "the envelope fails its checksum");
        }
        bodyBytes = source.getInt(index + BODY_BYTES_AT);
        bodyCrc = source.getInt(index + BODY_CRC_AT);
        format = source.getUnsignedByte(index + FORMAT_AT);
        flags = source.getUnsignedByte(index + FLAGS_AT);
        logId = source.getLong(index + LOG_AT);
        firstOffset = source.getLong(index + FIRST_OFFSET_AT);
        timestampMillis = source.getLong(index + TIMESTAMP_AT);
        clearFields();
        if (fields != 0) {
            readFields(source, index + BYTES_MIN, fields);
        }
        if (bodyBytes < 0 || bodyBytes != entryBytes - length || span < 1 || count < 0 || count > span) {
            throw new CorruptEntryException(place, "the envelope does not fit the record that it is in");
        }
    }

    private void readFields(ByteBuf source, int index, int fields) {
        int at = index;
        if ((fields & HAS_COUNT) != 0) {
            count = source.getInt(at);
            span = source.getInt(at + 4);
            at += 8;
        }
        if ((fields & HAS_PRIORITY) != 0) {
            priority = source.getInt(at);
            at += 4;
        }
        if ((fields & HAS_DUE) != 0) {
            dueMillis = source.getLong(at);
            at += 8;
        }
        if ((fields & HAS_EXPIRY) != 0) {
            expiryMillis = source.getLong(at);
            at += 8;
        }
        if ((fields & HAS_PRODUCER) != 0) {
            producerId = source.getLong(at);
            producerEpoch = source.getUnsignedShort(at + 8);
            producerSequence = source.getInt(at + 10);
            at += 14;
        }
        if ((fields & HAS_GROUP) != 0) {
            groupHigh = source.getLong(at);
            groupLow = source.getLong(at + 8);
            at += 16;
        }
        if ((fields & HAS_DEDUPLICATION) != 0) {
            deduplicationHigh = source.getLong(at);
            deduplicationLow = source.getLong(at + 8);
            deduplicationUntilMillis = source.getLong(at + 16);
        }
    }

    /** The expiry of the entry whose verified envelope is at {@code index} of {@code source}; or {@link #NONE}. */
    public static long expiryMillis(ByteBuf source, int index) {
        int fields = source.getUnsignedShort(index + FIELDS_AT);
        return (fields & HAS_EXPIRY) == 0 ? NONE : source.getLong(index + LENGTHS[fields & (HAS_EXPIRY - 1)]);
    }

    /** The body behind the envelope at {@code index}, which was {@link #read}; a slice, not retained. */
    public ByteBuf body(ByteBuf source, int index) {
        return source.slice(index + bytesAt(source, index), bodyBytes);
    }

    /** Verifies the body behind the envelope at {@code index}, which was {@link #read}. */
    public void verifyBody(ByteBuf source, int index, String place) throws CorruptEntryException {
        if (crcOf(source, index + bytesAt(source, index), bodyBytes) != bodyCrc) {
            throw new CorruptEntryException(place, "the body fails its checksum");
        }
    }

    private int crcOf(ByteBuf source, int index, int length) {
        // Our chunks and read buffers are one piece of memory each; the view is theirs and costs no allocation.
        return crc.reset().add(source.internalNioBuffer(index, length), length).value();
    }
}
