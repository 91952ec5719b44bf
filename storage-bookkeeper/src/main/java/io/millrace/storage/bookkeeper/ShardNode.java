package io.millrace.storage.bookkeeper;

import io.millrace.storage.OwnershipLostException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The node of a shard in ZooKeeper, as its owner holds it: changed by compare-and-set only. Changes that come while one
 * is under way are made together by the next. What is in doubt is asked again until it is known. When the node turns
 * out to be somebody else's, nothing can be changed any more, and everything that waits fails.
 *
 * <p>Any thread; nothing waits.
 */
final class ShardNode {
    private final Nodes nodes;
    private final String path;
    private final Executor later;
    private final BookKeeperCounters counters;
    private final Consumer<IOException> onLost;
    private final ArrayDeque<Change> waiting = new ArrayDeque<>();
    private final AtomicReference<@Nullable IOException> failure = new AtomicReference<>();
    private volatile ShardState state;
    private int version;
    /** The round that is under way; null where none is. */
    private @Nullable Round round;

    private record Change(UnaryOperator<ShardState> to, CompletableFuture<ShardState> done) {}

    /** The changes that one set makes, and what they lead to. */
    private record Round(List<Change> changes, ShardState state, byte[] content) {}

    /**
     * A node that was read or written with {@code version}; {@code later} runs what it is given after a pause, {@code
     * onLost} is told once when somebody else has the node.
     */
    ShardNode(
            Nodes nodes,
            String path,
            ShardState state,
            int version,
            Executor later,
            BookKeeperCounters counters,
            Consumer<IOException> onLost) {
        this.nodes = nodes;
        this.path = path;
        this.state = state;
        this.version = version;
        this.later = later;
        this.counters = counters;
        this.onLost = onLost;
    }

    /** What the node says now, as far as is known. */
    ShardState state() {
        return state;
    }

    /** Has the node say what {@code change} makes of it; completes with that when ZooKeeper has it. */
    CompletableFuture<ShardState> change(UnaryOperator<ShardState> change) {
        Change added = new Change(change, new CompletableFuture<>());
        IOException failed;
        Round begun = null;
        synchronized (this) {
            failed = failure.get();
            if (failed == null) {
                waiting.add(added);
                begun = round == null ? nextRound() : null;
            }
        }
        if (failed != null) {
            added.done.completeExceptionally(failed);
        }
        run(begun);
        return added.done;
    }

    /** Ends it: whatever is under way or comes fails with {@code cause}, although it may have been done. */
    void end(IOException cause) {
        List<Change> failed;
        synchronized (this) {
            failure.compareAndSet(null, cause);
            failed = new ArrayList<>(waiting);
            waiting.clear();
            Round unanswered = round;
            if (unanswered != null) {
                failed.addAll(unanswered.changes);
            }
        }
        failed.forEach(each -> each.done.completeExceptionally(cause));
    }

    /** Takes what waits as the round that is under way; null where nothing does. Locked. */
    private @Nullable Round nextRound() {
        while (!waiting.isEmpty() && failure.get() == null) {
            List<Change> made = new ArrayList<>();
            ShardState next = state;
            byte[] content = {};
            while (!waiting.isEmpty()) {
                Change change = waiting.remove();
                try {
                    ShardState changed = change.to.apply(next);
                    content = ShardStateFormat.encode(changed);
                    next = changed;
                    made.add(change);
                } catch (IOException | RuntimeException e) {
                    later.execute(() -> change.done.completeExceptionally(e));
                }
            }
            if (!made.isEmpty()) {
                Round begun = new Round(made, next, content);
                round = begun;
                return begun;
            }
        }
        round = null;
        return null;
    }

    private void run(@Nullable Round begun) {
        if (begun != null) {
            int expected;
            synchronized (this) {
                expected = version;
            }
            var unused = nodes.set(path, begun.content, expected).whenComplete((set, failed) -> {
                if (failed == null) {
                    made(begun, set);
                } else {
                    notMade(begun, failed);
                }
            });
        }
    }

    private void made(Round done, int newVersion) {
        Round next;
        counters.nodeChanges.increment();
        synchronized (this) {
            state = done.state;
            version = newVersion;
            next = nextRound();
        }
        // The next one is sent off first: what is told may take its time.
        run(next);
        done.changes.forEach(each -> each.done.complete(done.state));
    }

    private void notMade(Round tried, Throwable failed) {
        if (Nodes.isOtherVersion(failed)) {
            lookWhose(tried);
        } else if (Nodes.isInDoubt(failed) && failure.get() == null) {
            later.execute(() -> run(tried));
        } else {
            lost(Futures.failure(path, failed));
        }
    }

    /** The version is another: either an earlier try was made after all, or the node is somebody else's. */
    private void lookWhose(Round tried) {
        var unused = nodes.read(path).whenComplete((node, failed) -> {
            if (failed == null && Arrays.equals(node.content(), tried.content)) {
                made(tried, node.version());
            } else if (failed == null) {
                lost(new OwnershipLostException(path + " was changed by another owner"));
            } else if (Nodes.isInDoubt(failed) && failure.get() == null) {
                later.execute(() -> lookWhose(tried));
            } else {
                lost(Futures.failure(path, failed));
            }
        });
    }

    private void lost(IOException cause) {
        // First of all nothing more is to be confirmed.
        if (failure.compareAndSet(null, cause)) {
            onLost.accept(cause);
        }
        end(cause);
    }
}
