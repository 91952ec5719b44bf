package io.millrace.server.client;

import io.millrace.server.client.ApiException.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Gathers messages into requests and keeps a bounded number of requests under way. What a broker refuses because it is
 * busy is sent again, for up to {@value #PATIENCE_SECONDS} s; after any other failure nothing more is taken. A request
 * whose outcome is unknown is not repeated, so nothing is stored twice.
 *
 * <p>One thread adds; answers come on threads of the HTTP client. Holds at most one gathered request and those under
 * way, of about {@value #REQUEST_BYTES} bytes each or of one larger message; one of over {@value #LARGE_BYTES} bytes
 * travels alone.
 */
final class Publisher {
    private static final int REQUEST_BYTES = 1 << 20;
    private static final int PATIENCE_SECONDS = 60;
    private static final int LARGE_BYTES = 4 << 20;

    private final QueueClient queue;
    private final int batchMax;
    private final int underWayMax;
    private final Semaphore slots;
    private final PublishTally tally = new PublishTally();
    private List<OutgoingMessage> batch = new ArrayList<>();
    private long batchBytes;

    /**
     * Publishes to {@code queue}, {@code batchMax} messages in a request and {@code underWayMax} requests at a time.
     */
    Publisher(QueueClient queue, int batchMax, int underWayMax) {
        this.queue = queue;
        this.batchMax = batchMax;
        this.underWayMax = underWayMax;
        this.slots = new Semaphore(underWayMax);
    }

    PublishTally tally() {
        return tally;
    }

    /** Takes a message; waits while enough is under way. False where a failure has put an end to it. */
    boolean add(OutgoingMessage message) throws InterruptedException {
        if (batchBytes + message.body().length > REQUEST_BYTES) {
            flush();
        }
        batch.add(message);
        batchBytes += message.body().length;
        if (batch.size() >= batchMax) {
            flush();
        }
        return tally.failure() == null;
    }

    /** Sends what is gathered. */
    void flush() throws InterruptedException {
        if (batch.isEmpty()) {
            return;
        }
        int taken = batchBytes > LARGE_BYTES ? underWayMax : 1;
        slots.acquire(taken);
        if (tally.failure() != null) {
            slots.release(taken);
            return;
        }
        send(batch, batchBytes, taken, System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS));
        batch = new ArrayList<>();
        batchBytes = 0;
    }

    /** Waits until every request is answered, at most {@code time}; whether that came true. */
    boolean awaitAnswers(Duration time) throws InterruptedException {
        return slots.tryAcquire(underWayMax, time.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void send(List<OutgoingMessage> messages, long bytes, int taken, long untilNanos) {
        var unused = queue.publish(messages).whenComplete((ids, failure) -> {
            ApiException refused = failure == null ? null : cause(failure);
            if (refused != null && isWorthRepeating(refused, untilNanos)) {
                CompletableFuture.delayedExecutor(refused.retryAfter().toNanos(), TimeUnit.NANOSECONDS)
                        .execute(() -> send(messages, bytes, taken, untilNanos));
                return;
            }
            settle(messages, bytes, refused);
            slots.release(taken);
        });
    }

    private void settle(List<OutgoingMessage> messages, long bytes, @Nullable ApiException refused) {
        if (refused == null) {
            tally.onConfirmed(messages.size(), bytes);
        } else {
            tally.onFailed(messages.size(), refused);
        }
    }

    private static boolean isWorthRepeating(ApiException refused, long untilNanos) {
        return refused.outcome() == Outcome.REFUSED
                && refused.isPassing()
                && System.nanoTime() + refused.retryAfter().toNanos() < untilNanos;
    }

    private static ApiException cause(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        if (cause instanceof ApiException known) {
            return known;
        }
        return ApiException.unanswered(Outcome.UNKNOWN, "unexpected failure: " + cause, failure);
    }
}
