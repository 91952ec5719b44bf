package io.millrace.storage.local;

import io.millrace.base.Agent;
import io.millrace.base.Clock;
import io.millrace.storage.Damage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The agent that reads all segments and adopted files from time to time, slowly, and checks every checksum: what nobody
 * has asked for in a long time may have changed on the disk. A file of the journal is read by the next start. What is
 * damaged is reported once.
 */
final class Scrubber implements Agent {
    private static final Logger LOG = LoggerFactory.getLogger(Scrubber.class);
    private static final int DAMAGES_MAX = 10_000;

    private final LocalStore store;
    private final Clock clock;
    private final ScrubOptions options;
    private final SegmentFiles segmentFiles;
    private final AdoptedFiles adopted;
    private final List<LocalSegmentStore> segments;
    private final ArrayDeque<Target> targets = new ArrayDeque<>();
    private final Set<Damage> known = new HashSet<>();
    /** What the step at hand has found. */
    private final List<Damage> found = new ArrayList<>();

    private @Nullable Target current;
    private boolean inRound;
    private long roundNanos;
    private long nextNanos;

    private volatile List<Damage> damages = List.of();
    private final AtomicLong readBytes = new AtomicLong();
    private final AtomicLong rounds = new AtomicLong();

    /** A file that is looked at, a step at a time. */
    private interface Target {
        /** Looks at the next piece; returns whether it was the last. */
        boolean step() throws IOException;

        /** Bytes that were read so far. */
        long bytes();

        /** Whether the file is there still: one that is gone was removed meanwhile, and is not damaged. */
        boolean isThere();
    }

    Scrubber(
            LocalStore store,
            Clock clock,
            ScrubOptions options,
            SegmentFiles segmentFiles,
            AdoptedFiles adopted,
            List<LocalSegmentStore> segments) {
        this.store = store;
        this.clock = clock;
        this.options = options;
        this.segmentFiles = segmentFiles;
        this.adopted = adopted;
        this.segments = segments;
        this.nextNanos = clock.nanoTime();
    }

    /** What was found to be damaged. Any thread. */
    List<Damage> damages() {
        return damages;
    }

    /** Bytes that were read. Any thread. */
    long readBytes() {
        return readBytes.get();
    }

    /** How often everything was read. Any thread. */
    long rounds() {
        return rounds.get();
    }

    @Override
    public boolean work() {
        if (store.failure() != null || clock.nanoTime() - nextNanos < 0) {
            return false;
        }
        try {
            if (!inRound) {
                beginRound();
            }
            Target target = current == null ? targets.poll() : current;
            if (target == null) {
                endRound();
            } else {
                step(target);
            }
        } catch (IOException e) {
            LOG.warn("segments and adopted files cannot be looked at: {}", e.getMessage());
            endRound();
        }
        return true;
    }

    @Override
    public long idleNanosMax() {
        return store.failure() != null ? Long.MAX_VALUE : Math.max(0, nextNanos - clock.nanoTime());
    }

    private void beginRound() throws IOException {
        inRound = true;
        roundNanos = clock.nanoTime();
        for (LocalSegmentStore each : segments) {
            for (long segment : each.list()) {
                if (segmentFiles.isSealed(each.shard(), segment)) {
                    targets.add(new SegmentTarget(each, segment));
                }
            }
        }
        adopted.files().forEach(file -> targets.add(new AdoptedTarget(file)));
    }

    private void endRound() {
        inRound = false;
        rounds.incrementAndGet();
        nextNanos = roundNanos + TimeUnit.MILLISECONDS.toNanos(options.intervalMillis());
        if (clock.nanoTime() - nextNanos > 0) {
            nextNanos = clock.nanoTime();
        }
    }

    private void step(Target target) {
        long before = target.bytes();
        boolean last;
        try {
            last = target.step();
        } catch (IOException e) {
            LOG.warn("a file cannot be looked at: {}", e.getMessage());
            last = true;
        }
        current = last ? null : target;
        long bytes = Math.max(0, target.bytes() - before);
        readBytes.addAndGet(bytes);
        nextNanos = clock.nanoTime() + options.nanosFor(bytes);
        if (!found.isEmpty() && target.isThere()) {
            found.stream()
                    .filter(each -> known.size() < DAMAGES_MAX && known.add(each))
                    .forEach(this::report);
        }
        found.clear();
    }

    private void report(Damage damage) {
        LOG.error("damaged: {}; see 'millrace data verify'", damage);
        List<Damage> longer = new ArrayList<>(damages);
        longer.add(damage);
        damages = List.copyOf(longer);
    }

    private final class SegmentTarget implements Target {
        private final LocalSegmentStore of;
        private final long segment;
        private final SegmentCheck check;

        SegmentTarget(LocalSegmentStore of, long segment) {
            this.of = of;
            this.segment = segment;
            this.check = new SegmentCheck(of, segment, found::add);
        }

        @Override
        public boolean step() throws IOException {
            return check.step();
        }

        @Override
        public long bytes() {
            return check.bytesRead();
        }

        @Override
        public boolean isThere() {
            return segmentFiles.exists(of.shard(), segment);
        }
    }

    private final class AdoptedTarget implements Target {
        private final JournalFile file;
        private final AdoptedScan scan;

        AdoptedTarget(JournalFile file) {
            this.file = file;
            // Not by the name that it was opened with: it was a file of the journal then.
            String name = JournalFile.adoptedPath(Path.of(""), file.number).toString();
            this.scan = new AdoptedScan(file, name, segments.size(), found::add);
        }

        @Override
        public boolean step() throws IOException {
            if (!file.acquire()) {
                return true; // nobody needs it any more
            }
            try {
                return scan.step();
            } finally {
                if (file.release()) {
                    store.wakeKeeper();
                }
            }
        }

        @Override
        public long bytes() {
            return scan.offset();
        }

        @Override
        public boolean isThere() {
            return !file.isRetired();
        }
    }
}
