package io.millrace.engine;

import io.millrace.storage.BodyFormat;
import io.millrace.storage.EntryEnvelope;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * A publish of a test: {@code count} messages of the same length, each a number and the same number mixed over its
 * padding, so that a body with a byte of another is noticed.
 */
class PublishProbe extends Publish {
    static final int MESSAGE_BYTES_MIN = 8;

    private final int count;
    private final int messageBytes;
    private final long firstNumber;
    private int format = BodyFormat.NATIVE;
    private int answers;
    private long storedOffset = -1;
    private @Nullable Refusal refusal;

    PublishProbe(long firstNumber, int count, int messageBytes) {
        this.firstNumber = firstNumber;
        this.count = count;
        this.messageBytes = messageBytes;
    }

    PublishProbe format(int bodyFormat) {
        format = bodyFormat;
        return this;
    }

    /** The number of message {@code index} of the body in {@code entry}; fails if a byte is not what was published. */
    static long numberIn(ByteBuf entry, int index) {
        int from = entry.readerIndex();
        int count = entry.getInt(from + COUNT_AT);
        int messageBytes = (entry.readableBytes() - EntryEnvelope.BYTES) / count;
        int at = from + EntryEnvelope.BYTES + index * messageBytes;
        long number = entry.getLong(at);
        for (int i = MESSAGE_BYTES_MIN; i < messageBytes; i++) {
            if (entry.getByte(at + i) != padding(number, i)) {
                throw new AssertionError("byte " + i + " of message " + number + " is not the one published");
            }
        }
        return number;
    }

    /** Where an envelope holds the count (docs/formats/entry.md). */
    private static final int COUNT_AT = 32;

    private static byte padding(long number, int index) {
        return (byte) (number * 31 + index * 7L);
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
        byte[] message = new byte[messageBytes - MESSAGE_BYTES_MIN];
        for (int i = 0; i < count; i++) {
            long number = firstNumber + i;
            target.writeLong(number);
            for (int j = 0; j < message.length; j++) {
                message[j] = padding(number, j + MESSAGE_BYTES_MIN);
            }
            target.writeBytes(message);
        }
    }

    @Override
    public void fill(EntryEnvelope envelope) {
        envelope.format = format;
    }

    @Override
    protected void onStored(long offset) {
        answers++;
        storedOffset = offset;
    }

    @Override
    protected void onRefused(Refusal reason) {
        answers++;
        refusal = reason;
    }
}
