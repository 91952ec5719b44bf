package io.millrace.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A receive of a test, which keeps what it was answered. Bodies are checked and given back at once. */
class ReceiveProbe extends Receive {
    /** One delivered message: what it says of itself, and the number that its body holds. */
    record Message(long offset, long token, int deliveryCount, long number) {}

    static final long LEASE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final List<Message> messages = new ArrayList<>();
    private int answers;
    private @Nullable Refusal refusal;

    ReceiveProbe(int messagesMax, int bytesMax, long leaseNanos, long waitNanos, boolean durable) {
        super(messagesMax, bytesMax, leaseNanos, waitNanos, durable);
    }

    /** One that takes what is there. */
    static ReceiveProbe upTo(int messagesMax) {
        return new ReceiveProbe(messagesMax, Integer.MAX_VALUE, LEASE_NANOS, 0, false);
    }

    /** One that takes what is there under durable leases. */
    static ReceiveProbe durable(int messagesMax) {
        return new ReceiveProbe(messagesMax, Integer.MAX_VALUE, LEASE_NANOS, 0, true);
    }

    /** One that waits. */
    static ReceiveProbe waiting(int messagesMax, long waitNanos) {
        return new ReceiveProbe(messagesMax, Integer.MAX_VALUE, LEASE_NANOS, waitNanos, false);
    }

    /** By this consumer. */
    ReceiveProbe by(ConsumerState consumer) {
        by(consumer.number(), consumer.terms().owner());
        return this;
    }

    /** Of messages that {@code filter} wants. */
    ReceiveProbe of(MessageFilter filter) {
        matching(filter);
        return this;
    }

    List<Message> messages() {
        return messages;
    }

    Message message(int index) {
        return messages.get(index);
    }

    List<Long> offsets() {
        return messages.stream().map(Message::offset).toList();
    }

    List<Long> numbers() {
        return messages.stream().map(Message::number).toList();
    }

    List<Integer> deliveryCounts() {
        return messages.stream().map(Message::deliveryCount).toList();
    }

    @Nullable
    Refusal refusal() {
        return refusal;
    }

    int answers() {
        return answers;
    }

    boolean isAnswered() {
        return answers > 0;
    }

    @Override
    protected void onDelivered(Deliveries delivered) {
        answers++;
        for (int i = 0; i < delivered.size(); i++) {
            long number = PublishProbe.numberIn(
                    delivered.storedIn(), PublishProbe.numberIn(delivered.entry(i), delivered.indexInEntry(i)));
            messages.add(new Message(delivered.offset(i), delivered.leaseToken(i), delivered.deliveryCount(i), number));
        }
        delivered.release();
    }

    @Override
    protected void onRefused(Refusal reason) {
        answers++;
        refusal = reason;
    }
}
