package io.millrace.server.client;

import io.millrace.server.client.ApiException.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Gathers messages into requests and keeps a bounded number of requests under way. What a broker refuses because it is
 * busy is sent again, for up to {@value #PATIENCE_SECONDS} s; after any other failure nothing more is taken. A request
 * whose outcome is unknown is sent again only where {@link MessageSink#isRepeatable} says so, so nothing is stored
 * twice.
 *
 * <p>One thread adds; answers come on threads of the HTTP client. Holds at most one gathered request and those under
 * way, of about {@value #REQUEST_BYTES} bytes each or of one larger message; one of over {@value #LARGE_BYTES} bytes
 * travels alone.
 */
final class Publisher {
    private static final int REQUEST_BYTES = 1 << 20;
    private static final int PATIENCE_SECONDS = 60;
    private static final int LARGE_BYTES = 4 << 20;
    private static final Duration AFTER_LOSS = Duration.ofMillis(500);

    private final MessageSink sink;
    private final int batchMax;
    private final int underWayMax;
    private final Semaphore slots;
    private final PublishTally tally = new PublishTally();
    private List<OutgoingMessage> batch = new ArrayList<>();
    private long batchBytes;
    private long before;

    /**
     * Publishes to {@code sink}, {@code batchMax} messages in a request and {@code underWayMax} requests at a time.
     */
    Publisher(MessageSink sink, int batchMax, int underWayMax) {
        this.sink = sink;
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
        long untilNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        send(new Request(batch, before, batchBytes, taken, untilNanos), false);
        before += batch.size();
        batch = new ArrayList<>();
        batchBytes = 0;
    }

    /** Waits until every request is answered, at most {@code time}; whether that came true. */
    boolean awaitAnswers(Duration time) throws InterruptedException {
        return slots.tryAcquire(underWayMax, time.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Messages under way, how many came before them, the slots that they have, and until when they are sent again. */
    private record Request(List<OutgoingMessage> messages, long before, long bytes, int taken, long untilNanos) {}

    /** Sends a request; {@code isInDoubt} where an earlier attempt may have done it. */
    private void send(Request request, boolean isInDoubt) {
        var unused = sink.publish(request.messages, request.before).whenComplete((published, failure) -> {
            if (failure == null) {
                tally.onConfirmed(published, request.messages.size(), request.bytes);
                slots.release(request.taken);
                return;
            }
            ApiException refused = cause(failure);
            boolean isOpen = isInDoubt || refused.outcome() == Outcome.UNKNOWN;
            Duration pause = pause(refused, isOpen && sink.isRepeatable(request.messages));
            if (!pause.isZero() && System.nanoTime() + pause.toNanos() < request.untilNanos) {
                CompletableFuture.delayedExecutor(pause.toNanos(), TimeUnit.NANOSECONDS)
                        .execute(() -> send(request, isOpen));
                return;
            }
            tally.onFailed(request.messages.size(), refused, isOpen);
            slots.release(request.taken);
        });
    }

    /** How long to wait before a request is sent again that was {@code refused}; zero where it is not. */
    private static Duration pause(ApiException refused, boolean isOpenAndRepeatable) {
        if (refused.outcome() == Outcome.REFUSED) {
            return refused.retryAfter();
        }
        return isOpenAndRepeatable ? AFTER_LOSS : Duration.ZERO;
    }

    private static ApiException cause(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        if (cause instanceof ApiException known) {
            return known;
        }
        return ApiException.unanswered(Outcome.UNKNOWN, "unexpected failure: " + cause, failure);
    }
}
