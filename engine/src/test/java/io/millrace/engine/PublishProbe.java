package io.millrace.engine;

import io.millrace.storage.BodyFormat;
import io.millrace.storage.CorruptEntryException;
import io.millrace.storage.EntryEnvelope;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A publish of a test: {@code count} messages of the same length, each a number and padding mixed of the number and the
 * length, so that a body with a byte of another is noticed, and one that is too short or too long.
 */
class PublishProbe extends Publish {
    static final int MESSAGE_BYTES_MIN = 8;

    private final int count;
    private final int messageBytes;
    /** The bit of numbers of messages whose body several logs share. */
    static final long SHARED = 1L << 39;

    private static final int LOG_SHIFT = 40;

    private final long firstNumber;
    private int format = BodyFormat.NATIVE;
    private @Nullable Long timestampMillis;
    private int priority = EntryEnvelope.PRIORITY_NORMAL;
    private long dueMillis = EntryEnvelope.NONE;
    private long expiryMillis = EntryEnvelope.NONE;
    private long delayNanos;
    private long deduplicationNanos;
    private long deduplicationHigh;
    private long deduplicationLow;
    private long group;
    private long producerId;
    private int producerEpoch;
    private int producerSequence;
    private int answers;
    private long storedOffset = -1;
    private boolean isDuplicate;
    private @Nullable Refusal refusal;

    PublishProbe(long firstNumber, int count, int messageBytes) {
        this.firstNumber = firstNumber;
        this.count = count;
        this.messageBytes = messageBytes;
    }

    PublishProbe priority(int ofAll) {
        priority = ofAll;
        return this;
    }

    PublishProbe dueMillis(long ofAll) {
        dueMillis = ofAll;
        return this;
    }

    PublishProbe expiryMillis(long ofAll) {
        expiryMillis = ofAll;
        return this;
    }

    PublishProbe delayNanos(long ofAll) {
        delayNanos = ofAll;
        return this;
    }

    /** Gives it a key for so long. */
    PublishProbe key(long key, long windowNanos) {
        deduplicationHigh = key;
        deduplicationLow = -key;
        deduplicationNanos = windowNanos;
        return this;
    }

    /** Makes them messages of the group with this number; 0 for none. */
    PublishProbe group(long ofAll) {
        group = ofAll;
        return this;
    }

    /** Makes them messages of the group, if any, that another publish of such a one has given {@code envelope}. */
    PublishProbe groupOf(EntryEnvelope envelope) {
        return group(envelope.isGrouped() ? envelope.groupHigh << 1 | (envelope.groupLow - 1) : 0);
    }

    /** Makes them messages of this producer, in this epoch of it, the first with this number. */
    PublishProbe producer(long id, int epoch, int sequence) {
        producerId = id;
        producerEpoch = epoch;
        producerSequence = sequence;
        return this;
    }

    long group() {
        return group;
    }

    long dueMillis() {
        return dueMillis;
    }

    long expiryMillis() {
        return expiryMillis;
    }

    /** Whether it is delivered in its turn. */
    boolean isPlain() {
        return priority == EntryEnvelope.PRIORITY_NORMAL
                && dueMillis == EntryEnvelope.NONE
                && delayNanos == 0
                && group == 0;
    }

    PublishProbe format(int bodyFormat) {
        format = bodyFormat;
        return this;
    }

    /** Gives it a timestamp of its own; else it has the time when it is stored. */
    PublishProbe at(long millis) {
        timestampMillis = millis;
        return this;
    }

    /**
     * What the message of this number is known by in log {@code logId}: where the number has the bit {@link #SHARED},
     * each of the logs that share its body has one of its own, which says so itself once that is moved.
     */
    static long numberIn(long logId, long number) {
        boolean isShared = (number & SHARED) != 0 && number >>> LOG_SHIFT == 0;
        return isShared ? number | logId << LOG_SHIFT : number;
    }

    /** The number of message {@code index} of the body in {@code entry}; fails if a byte is not what was published. */
    static long numberIn(ByteBuf entry, int index) {
        int from = entry.readerIndex();
        EntryEnvelope envelope = new EntryEnvelope();
        try {
            envelope.read(entry, from, "a delivered entry");
        } catch (CorruptEntryException e) {
            throw new AssertionError(e);
        }
        int messageBytes = envelope.bodyBytes / envelope.count;
        byte[] message = new byte[messageBytes];
        envelope.body(entry, from).getBytes(index * messageBytes, message);
        long number = ByteBuffer.wrap(message).getLong();
        if (!Arrays.equals(message, message(number, messageBytes))) {
            throw new AssertionError("message " + number + " does not have the bytes that were published");
        }
        return number;
    }

    private static byte[] message(long number, int messageBytes) {
        byte[] message = new byte[messageBytes];
        ByteBuffer.wrap(message).putLong(number);
        // Each bit of the number changes what follows it.
        long mixed = (number * 0x9e3779b97f4a7c15L) >>> (Long.SIZE - Byte.SIZE);
        for (int i = MESSAGE_BYTES_MIN; i < messageBytes; i++) {
            message[i] = (byte) (mixed + i * 7L + messageBytes);
        }
        return message;
    }

    boolean isStored() {
        return storedOffset >= 0;
    }

    long storedOffset() {
        return storedOffset;
    }

    @Nullable
    Refusal refusal() {
        return refusal;
    }

    int answers() {
        return answers;
    }

    /** Whether it was told that another one with its key is stored, at {@link #storedOffset}. */
    boolean isDuplicate() {
        return isDuplicate;
    }

    long firstNumber() {
        return firstNumber;
    }

    @Override
    public int count() {
        return count;
    }

    @Override
    public int bodyBytes() {
        return count * messageBytes;
    }

    @Override
    public void writeBody(ByteBuf target) {
        for (int i = 0; i < count; i++) {
            target.writeBytes(message(firstNumber + i, messageBytes));
        }
    }

    @Override
    public void fill(EntryEnvelope envelope) {
        envelope.format = format;
        if (timestampMillis != null) {
            envelope.timestampMillis = timestampMillis;
        }
        envelope.priority = priority;
        envelope.dueMillis = dueMillis;
        envelope.expiryMillis = expiryMillis;
        envelope.producerId = producerId;
        envelope.producerEpoch = producerEpoch;
        envelope.producerSequence = producerSequence;
        // Groups that have one half of their hash in common are different ones.
        envelope.groupHigh = group >> 1;
        envelope.groupLow = group == 0 ? 0 : (group & 1) + 1;
    }

    @Override
    public long delayNanos() {
        return delayNanos;
    }

    @Override
    public long deduplicationNanos() {
        return deduplicationNanos;
    }

    @Override
    public long deduplicationHigh() {
        return deduplicationHigh;
    }

    @Override
    public long deduplicationLow() {
        return deduplicationLow;
    }

    @Override
    protected void onStored(long offset) {
        answers++;
        storedOffset = offset;
    }

    @Override
    protected void onDuplicate(long offset) {
        onStored(offset);
        isDuplicate = true;
    }

    @Override
    protected void onRefused(Refusal reason) {
        answers++;
        refusal = reason;
    }
}
