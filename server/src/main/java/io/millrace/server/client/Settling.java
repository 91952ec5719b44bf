package io.millrace.server.client;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Ends leases and counts how that went, through restarts of the broker. Any thread. */
final class Settling {
    private final QueueClient queue;
    private final Persistence persistence;
    private final ConsumeTally tally;

    Settling(QueueClient queue, Persistence persistence, ConsumeTally tally) {
        this.queue = queue;
        this.persistence = persistence;
        this.tally = tally;
    }

    void acknowledge(List<ReceivedMessage> messages) throws ApiException, InterruptedException {
        tally.onAcknowledged(settle(
                messages.stream().map(each -> Settle.acknowledge(each.lease())).toList()));
    }

    void release(List<ReceivedMessage> messages, Duration delay) throws ApiException, InterruptedException {
        tally.onReleased(settle(messages.stream()
                .map(each -> Settle.release(each.lease(), delay))
                .toList()));
    }

    /**
     * Gives {@code message} back because of {@code fault}, to come again after {@code delay}; if that is not said, when
     * its queue says.
     */
    void retry(ReceivedMessage message, Optional<Duration> delay, String fault)
            throws ApiException, InterruptedException {
        Settle settle =
                delay.map(time -> Settle.release(message.lease(), time)).orElseGet(() -> Settle.retry(message.lease()));
        tally.onReleased(settle(List.of(settle.because(fault))));
    }

    /** Has {@code message} not delivered any more, because of {@code fault}. */
    void reject(ReceivedMessage message, String fault) throws ApiException, InterruptedException {
        tally.onRejected(settle(List.of(Settle.reject(message.lease()).because(fault))));
    }

    /** Acknowledges {@code message} and publishes {@code followUp} to {@code target}, both or neither. */
    void acknowledge(ReceivedMessage message, String target, OutgoingMessage followUp)
            throws ApiException, InterruptedException {
        int[] attempts = {0};
        try {
            persistence.ask(() -> {
                attempts[0]++;
                return queue.acknowledgeAndPublish(message, target, followUp);
            });
            tally.onAcknowledged(1);
        } catch (ApiException e) {
            if (!e.problem().equals("lease-lost")) {
                throw e;
            }
            // Asked again after the answer was lost: that its lease is over may be the work of the first time.
            if (attempts[0] == 1) {
                tally.onLost(1);
            } else {
                tally.onUnclear(1);
            }
        }
    }

    /** Returns how many were done; counts the others. */
    private long settle(List<Settle> leases) throws ApiException, InterruptedException {
        int[] attempts = {0};
        long done = persistence
                .ask(() -> {
                    attempts[0]++;
                    return queue.settle(leases);
                })
                .stream()
                .filter(SettleResult::done)
                .count();
        if (attempts[0] == 1) {
            tally.onLost(leases.size() - done);
        } else {
            tally.onUnclear(leases.size() - done);
        }
        return done;
    }
}
