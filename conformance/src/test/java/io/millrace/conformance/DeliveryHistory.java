package io.millrace.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;

/**
 * What clients were told, and whether it holds: every confirmed message is delivered, none whose acknowledgement was
 * confirmed comes back, none appears that nobody sent. Any thread.
 */
final class DeliveryHistory {
    private final Set<String> sent = ConcurrentHashMap.newKeySet();
    private final Set<String> confirmed = ConcurrentHashMap.newKeySet();
    private final Set<String> delivered = ConcurrentHashMap.newKeySet();
    /** Body to the token of the lease that was acknowledged. */
    private final Map<String, Long> acknowledged = new ConcurrentHashMap<>();

    private final ConcurrentLinkedQueue<String> violations = new ConcurrentLinkedQueue<>();
    private final LongAdder deliveries = new LongAdder();
    private final LongAdder redeliveries = new LongAdder();

    void onSend(List<String> bodies) {
        sent.addAll(bodies);
    }

    void onConfirm(List<String> bodies) {
        confirmed.addAll(bodies);
    }

    void onDelivery(HttpQueue.Message message) {
        deliveries.increment();
        if (message.deliveryCount() > 1) {
            redeliveries.increment();
        }
        delivered.add(message.body());
        if (!sent.contains(message.body())) {
            violations.add("delivered and never sent: " + message);
        }
        Long token = acknowledged.get(message.body());
        if (token != null && message.token() > token) {
            violations.add("came back after its acknowledgement was confirmed: " + message);
        }
    }

    void onAcknowledge(HttpQueue.Message message) {
        Long before = acknowledged.put(message.body(), message.token());
        if (before != null) {
            violations.add("two acknowledgements of one message were confirmed: " + message);
        }
    }

    /** What does not hold; also what is missing when everything was consumed. */
    List<String> violations() {
        List<String> all = new ArrayList<>(violations);
        for (String each : confirmed) {
            if (!delivered.contains(each)) {
                all.add("confirmed and lost: " + each);
            }
        }
        return all;
    }

    /** What was confirmed so far. */
    Set<String> confirmed() {
        return Set.copyOf(confirmed);
    }

    /** The messages whose acknowledgement was confirmed so far. */
    Set<String> acknowledged() {
        return Set.copyOf(acknowledged.keySet());
    }

    /** What was handed to consumers so far: they may have asked to acknowledge it. */
    Set<String> delivered() {
        return Set.copyOf(delivered);
    }

    /** Whether somebody has sent this. */
    boolean wasSent(String body) {
        return sent.contains(body);
    }

    int confirmedCount() {
        return confirmed.size();
    }

    @Override
    public String toString() {
        return String.format(
                "%d sent, %d confirmed, %d deliveries (%d again), %d acknowledged",
                sent.size(), confirmed.size(), deliveries.sum(), redeliveries.sum(), acknowledged.size());
    }
}
