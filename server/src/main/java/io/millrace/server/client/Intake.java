package io.millrace.server.client;

import java.time.Duration;
import java.util.List;

/**
 * Receives messages until there were enough, none came for too long, or a stop was requested. One thread. Holds
 * nothing.
 */
final class Intake {
    private final Reception reception;
    private final ConsumerOptions options;
    private final Persistence persistence;
    private final Stop stop;
    private long left;
    private boolean over;

    Intake(Reception reception, ConsumerOptions options, Persistence persistence, Stop stop) {
        this.reception = reception;
        this.options = options;
        this.persistence = persistence;
        this.stop = stop;
        this.left = options.most();
    }

    /** The next messages, at least one and at most {@code most}; none means that it is over. */
    List<ReceivedMessage> next(int most) throws ApiException, InterruptedException {
        long sinceNanos = System.nanoTime();
        while (!isOver()) {
            Duration idle = Duration.ofNanos(System.nanoTime() - sinceNanos);
            Duration wait = waitAfter(idle);
            int asked = (int) Math.min(most, left);
            List<ReceivedMessage> messages =
                    stop.await(() -> persistence.ask(() -> reception.receive(asked, wait, options.lease())), List.of());
            left -= messages.size();
            if (!messages.isEmpty()) {
                return messages;
            }
            over = options.idle().isPresent() && options.idle().get().compareTo(idle.plus(wait)) <= 0;
        }
        return List.of();
    }

    boolean isOver() {
        return over || left <= 0 || stop.isRequested();
    }

    private Duration waitAfter(Duration idle) {
        Duration left = options.idle().map(most -> most.minus(idle)).orElse(ConsumerOptions.WAIT_MAX);
        if (left.isNegative()) {
            return Duration.ZERO;
        }
        return left.compareTo(ConsumerOptions.WAIT_MAX) < 0 ? left : ConsumerOptions.WAIT_MAX;
    }
}
