package io.millrace.broker.redrive;

import io.millrace.base.Loop;
import io.millrace.broker.Broker;
import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;
import io.millrace.broker.redrive.RedriveProgress.State;
import io.millrace.engine.Peek;
import io.millrace.engine.QueueStats;
import io.millrace.engine.Refusal;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Moves the messages that are in a queue when it begins, in their order. What arrives later is left, or what dies again
 * would go round for ever. What cannot be done just now is tried again, after pauses that double up to {@value
 * #PAUSE_SECONDS_MAX} s.
 *
 * <p>It works on the loop of its queue; what is public is for any thread.
 */
public final class Redrive {
    private static final int MESSAGES_MAX = 256;
    private static final int BYTES_MAX = 1 << 20;
    private static final int BATCHES_PER_SECOND = 10;
    private static final int PAUSE_SECONDS_MAX = 30;
    private static final long PAUSE_NANOS_MIN = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long PAUSE_NANOS_MAX = TimeUnit.SECONDS.toNanos(PAUSE_SECONDS_MAX);
    private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Broker broker;
    private final long id;
    private final RedriveRequest request;
    private final long beganMillis;
    private final Loop loop;
    private final RedriveChoice choice;
    private volatile RedriveProgress progress = RedriveProgress.NONE;
    private volatile boolean isCancelled;

    // Of the loop.
    private long from;
    private long end;
    private int messagesMax = MESSAGES_MAX;
    private long dueNanos;
    private long pauseNanos = PAUSE_NANOS_MIN;
    private Loop.@Nullable Timer timer;

    Redrive(Broker broker, long id, RedriveRequest request) {
        this.broker = broker;
        this.id = id;
        this.request = request;
        this.beganMillis = broker.clock().epochMillis();
        this.loop = broker.loop(request.source());
        this.choice = new RedriveChoice(broker, request);
    }

    /** What it is known by, until the broker ends. */
    public long id() {
        return id;
    }

    /** What it does. */
    public RedriveRequest request() {
        return request;
    }

    /** When it began, epoch milliseconds. */
    public long beganMillis() {
        return beganMillis;
    }

    /** How far it is. */
    public RedriveProgress progress() {
        return progress;
    }

    /** Has it end soon, unless it has ended. What it has moved stays moved. */
    public void cancel() {
        isCancelled = true;
        loop.execute(() -> {
            if (timer != null) {
                timer.cancel();
                look();
            }
        });
    }

    void begin() {
        loop.execute(() -> {
            var unused = broker.stats(request.source()).thenAccept(this::begin);
        });
    }

    private void begin(@Nullable QueueStats stats) {
        if (stats != null) {
            progress = progress.of(stats.ready() + stats.delayed());
            end = stats.nextOffset();
        }
        dueNanos = broker.clock().nanoTime();
        look();
    }

    private void look() {
        timer = null;
        if (isCancelled) {
            finish(State.CANCELLED, "");
            return;
        }
        // What is looked at beyond what is moved would be read again.
        broker.peek(request.source(), new Look(choice.isSelective() ? MESSAGES_MAX : most()));
    }

    /** How many messages are moved at a time. */
    private int most() {
        return request.ratePerSecond() == RedriveRequest.UNBOUNDED
                ? messagesMax
                : Math.max(1, Math.min(messagesMax, request.ratePerSecond() / BATCHES_PER_SECOND));
    }

    /** A look at the messages that come next. */
    private final class Look extends Peek {
        Look(int most) {
            super(from, most, BYTES_MAX, null);
        }

        @Override
        protected void onPeeked() {
            RedriveBatch batch;
            try {
                batch = choice.choose(this, end, most());
            } catch (BrokerException e) {
                fail(String.valueOf(e.getMessage()));
                return;
            } catch (RuntimeException e) {
                fail("a fault of the broker: its log says more");
                throw e;
            } finally {
                release();
            }
            if (batch.size() == 0) {
                goOn(batch);
            } else {
                var unused =
                        batch.move(broker).whenComplete((done, failure) -> loop.execute(() -> onMoved(batch, failure)));
            }
        }

        @Override
        protected void onRefused(Refusal reason) {
            fail(String.valueOf(broker.refused(reason, request.source()).getMessage()));
        }
    }

    private void onMoved(RedriveBatch batch, @Nullable Throwable failure) {
        if (failure == null) {
            pauseNanos = PAUSE_NANOS_MIN;
            messagesMax = Math.min(messagesMax * 2, MESSAGES_MAX);
            goOn(batch);
            return;
        }
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        if (cause instanceof BrokerException refused && mayPass(refused.error())) {
            // Where a consumer has taken one of them, fewer at a time are less likely to be in its way.
            messagesMax = refused.error() == BrokerError.LEASE_ENDED ? Math.max(1, messagesMax / 2) : messagesMax;
            progress = progress.waiting(String.valueOf(refused.getMessage()));
            lookAfter(pauseNanos);
            pauseNanos = Math.min(pauseNanos * 2, PAUSE_NANOS_MAX);
        } else {
            fail(String.valueOf(cause == null ? failure.getMessage() : cause.getMessage()));
        }
    }

    /** Whether the next look may find that it can go on; where a queue or a topic is gone, it finds which. */
    private static boolean mayPass(BrokerError error) {
        return switch (error) {
            case LEASE_ENDED, OVERLOADED, OUT_OF_SPACE, QUEUE_NOT_FOUND -> true;
            default -> false;
        };
    }

    private void goOn(RedriveBatch batch) {
        progress = progress.and(batch);
        from = batch.next();
        if (batch.isLast()) {
            finish(State.DONE, "");
        } else {
            lookAfter(waitNanos(batch.size()));
        }
    }

    /** How long to wait after {@code moved} messages, so that they are moved evenly; a second is caught up. */
    private long waitNanos(int moved) {
        if (request.ratePerSecond() == RedriveRequest.UNBOUNDED) {
            return 0;
        }
        long nowNanos = broker.clock().nanoTime();
        dueNanos += moved * SECOND_NANOS / request.ratePerSecond();
        if (nowNanos - dueNanos > SECOND_NANOS) {
            dueNanos = nowNanos - SECOND_NANOS;
        }
        return Math.max(0, dueNanos - nowNanos);
    }

    private void lookAfter(long nanos) {
        timer = loop.schedule(this::look, nanos);
    }

    private void fail(String error) {
        finish(State.FAILED, error);
    }

    private void finish(State state, String error) {
        progress = progress.ended(state, broker.clock().epochMillis(), error);
    }
}
