package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.SimulatedClock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The keys that were published to one queue, beside its {@link QueueModel}: within the window of one that is stored
 * nothing is stored with the same key, and who publishes it is told where the first one is.
 */
final class DeduplicationModel {
    /** A window is cut to whole milliseconds, upwards, of a clock that shows whole milliseconds. */
    private static final long LONGER_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(2);

    /** A publish with a key that was appended. */
    private static final class Keyed {
        final long firstNumber;
        final QueueModel.Batch batch;
        final Term least;
        final Term most;
        long stamp;

        Keyed(PublishProbe publish, QueueModel.Batch batch, long stamp, SimulatedClock clock) {
            this.firstNumber = publish.firstNumber();
            this.batch = batch;
            this.stamp = stamp;
            least = Term.fromNow(publish.deduplicationNanos(), clock);
            most = Term.untilEnd(publish.deduplicationNanos() + LONGER_NANOS_MAX, clock);
        }
    }

    private final QueueModel queue;
    private final ShardLedger ledger;
    private final SimulatedClock clock;
    private final Map<Long, List<Keyed>> keys = new HashMap<>();

    DeduplicationModel(QueueModel queue, ShardLedger ledger, SimulatedClock clock) {
        this.queue = queue;
        this.ledger = ledger;
        this.clock = clock;
    }

    /** {@code publish} is appended, as what has this stamp. */
    void appended(PublishProbe publish, long stamp) {
        if (publish.deduplicationNanos() == 0) {
            return;
        }
        List<Keyed> all = keys.computeIfAbsent(publish.deduplicationHigh(), key -> new ArrayList<>());
        for (Keyed each : all) {
            if (each.batch.offset() != QueueModel.UNPLACED) {
                assertThat(each.least.isRunning(clock))
                        .as("message %d is a duplicate of %d", publish.firstNumber(), each.firstNumber)
                        .isFalse();
            }
        }
        all.add(new Keyed(publish, queue.batchOf(publish.firstNumber()), stamp, clock));
    }

    /** {@code publish}, which was appended, is not stored after all. */
    void undone(PublishProbe publish) {
        keys.getOrDefault(publish.deduplicationHigh(), new ArrayList<>())
                .removeIf(each -> each.firstNumber == publish.firstNumber());
    }

    /** The publishes with the key of {@code publish}, which is asked for now, whose windows are over. */
    Set<Object> over(PublishProbe publish) {
        Set<Object> over = new HashSet<>();
        for (Keyed each : keys.getOrDefault(publish.deduplicationHigh(), List.of())) {
            if (each.most.isOver(clock)) {
                over.add(each);
            }
        }
        return over;
    }

    /**
     * The publisher of {@code publish} was told that the first one is stored from {@code offset} on; these windows were
     * {@code over} when it asked.
     */
    void answered(PublishProbe publish, long offset, Set<Object> over) {
        List<Keyed> candidates = new ArrayList<>();
        for (Keyed each : keys.getOrDefault(publish.deduplicationHigh(), List.of())) {
            long placed = each.batch.offset();
            boolean mayBe = placed == offset || (placed == QueueModel.UNPLACED && each.stamp == ShardLedger.SETTLED);
            if (mayBe && !over.contains(each)) {
                candidates.add(each);
            }
        }
        assertThat(candidates)
                .as("stored publishes of which %d may be a duplicate at offset %d", publish.firstNumber(), offset)
                .isNotEmpty();
        if (candidates.size() == 1) {
            Keyed original = candidates.get(0);
            queue.place(original.batch, offset);
            if (original.stamp != ShardLedger.SETTLED) {
                ledger.confirmed(original.stamp);
            }
        }
    }

    /** The process has ended. */
    void died() {
        for (List<Keyed> all : keys.values()) {
            for (Keyed each : all) {
                each.stamp = ShardLedger.SETTLED;
                each.least.died(clock);
                each.most.died(clock);
            }
        }
    }

    /** A process has started. */
    void started() {
        for (List<Keyed> all : keys.values()) {
            for (Keyed each : all) {
                each.least.restarted(clock);
                each.most.restarted(clock);
            }
        }
    }
}
