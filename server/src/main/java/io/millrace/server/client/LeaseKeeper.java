package io.millrace.server.client;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Extends the leases of messages that are being worked on, three times in the length of a lease, on a thread of its
 * own. A lease that has ended all the same is told and forgotten. Any thread.
 */
final class LeaseKeeper implements AutoCloseable {
    private static final int TIMES_PER_LEASE = 3;

    private final QueueClient queue;
    private final Duration lease;
    private final PrintWriter errors;
    private final Map<String, ReceivedMessage> kept = new ConcurrentHashMap<>();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        var thread = new Thread(task, "lease-keeper");
        thread.setDaemon(true);
        return thread;
    });

    LeaseKeeper(QueueClient queue, Duration lease, PrintWriter errors) {
        this.queue = queue;
        this.lease = lease;
        this.errors = errors;
    }

    LeaseKeeper start() {
        long everyNanos = Math.max(1, lease.toNanos() / TIMES_PER_LEASE);
        var unused = timer.scheduleWithFixedDelay(this::extendAll, everyNanos, everyNanos, TimeUnit.NANOSECONDS);
        return this;
    }

    void keep(ReceivedMessage message) {
        kept.put(message.lease(), message);
    }

    void forget(ReceivedMessage message) {
        kept.remove(message.lease());
    }

    private void extendAll() {
        List<ReceivedMessage> messages = new ArrayList<>(kept.values());
        if (messages.isEmpty()) {
            return;
        }
        try {
            List<SettleResult> results = queue.settle(messages.stream()
                    .map(each -> Settle.extend(each.lease(), lease))
                    .toList());
            for (int i = 0; i < results.size(); i++) {
                if (!results.get(i).done() && kept.remove(messages.get(i).lease()) != null) {
                    errors.println("message " + messages.get(i).id()
                            + ": its lease has ended while the command runs; another consumer may get it");
                }
            }
        } catch (ApiException e) {
            errors.println("leases could not be extended, trying again: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
