package io.millrace.server.client;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Receives messages of a queue: as a consumer that is attached to it, where that is asked for or the queue gives
 * messages to nobody else. The consumer is renewed on a thread of its own, attached again where the broker has lost it,
 * and detached in the end. One thread receives.
 */
final class Reception implements AutoCloseable {
    /** How long a broker waits for a consumer of which it does not hear. */
    private static final Duration LIFE = Duration.ofSeconds(30);

    private static final int RENEWALS_PER_LIFE = 3;

    private final QueueClient queue;
    private final Terms terms;
    private final PrintWriter errors;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        var thread = new Thread(task, "consumer-renewal");
        thread.setDaemon(true);
        return thread;
    });
    private boolean isAttaching;
    private volatile @Nullable String consumer;

    /**
     * What kind of consumer is asked for.
     *
     * @param priority that of the consumer; 0 if not said
     * @param isExclusive whether nobody else is to get messages of the queue
     * @param selector which messages are wanted; all if not said
     */
    record Terms(Optional<Integer> priority, boolean isExclusive, Optional<String> selector) {}

    Reception(QueueClient queue, Terms terms, PrintWriter errors) {
        this.queue = queue;
        this.terms = terms;
        this.errors = errors;
        this.isAttaching = terms.isExclusive || terms.priority.isPresent();
    }

    Reception start() {
        long everyNanos = LIFE.toNanos() / RENEWALS_PER_LIFE;
        var unused = timer.scheduleWithFixedDelay(this::renew, everyNanos, everyNanos, TimeUnit.NANOSECONDS);
        return this;
    }

    /** Up to {@code most} messages; waits up to {@code wait} for the first. May be called again where it has failed. */
    List<ReceivedMessage> receive(int most, Duration wait, Optional<Duration> lease)
            throws ApiException, InterruptedException {
        boolean isKnown = consumer != null;
        if (isAttaching && !isKnown) {
            attach();
        }
        try {
            return queue.receive(most, wait, lease, Optional.ofNullable(consumer), terms.selector);
        } catch (ApiException e) {
            boolean isRequired = e.problem().equals("consumer-required") && consumer == null;
            boolean isLost = e.problem().equals("consumer-not-found") && isKnown;
            if (!isRequired && !isLost) {
                throw e;
            }
        }
        attach();
        return queue.receive(most, wait, lease, Optional.ofNullable(consumer), terms.selector);
    }

    private void attach() throws ApiException, InterruptedException {
        isAttaching = true;
        consumer = null;
        consumer = queue.attach(terms.priority.orElse(0), terms.isExclusive, LIFE, terms.selector);
    }

    private void renew() {
        String known = consumer;
        if (known == null) {
            return;
        }
        try {
            queue.renew(known);
        } catch (ApiException e) {
            errors.println("the consumer could not be renewed, others may take its messages over: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Detaches the consumer; one whose broker does not answer ends by itself. */
    @Override
    public void close() {
        timer.shutdownNow();
        String known = consumer;
        if (known == null) {
            return;
        }
        try {
            queue.detach(known);
        } catch (ApiException e) {
            if (!e.problem().equals("consumer-not-found")) {
                errors.println("the consumer could not be detached, it ends within " + LIFE.toSeconds() + " s: "
                        + e.getMessage());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
