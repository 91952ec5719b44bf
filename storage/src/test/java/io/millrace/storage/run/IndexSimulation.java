package io.millrace.storage.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.DiskOperation.Kind;
import io.millrace.testkit.SimulatedFileSystem;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/**
 * An index beside a model of it, a sorted set: adds, takes, scans, spills, compactions, reads and jobs done in any
 * order, disks that fail, power cuts after which the last description counts. Records die in the model first, and are
 * skipped by the owner when they come; of an index that keeps the latest, a superseded record is one that was told.
 */
final class IndexSimulation {
    private static final int KEYS = 20;
    private static final int SUBS = 50;

    private final RandomGenerator random;
    private final boolean fails;
    private final OrderedIndexOptions options;
    private final SimulatedFileSystem disk;
    private final FileSegmentStore store;
    private final RecordingOwner owner = new RecordingOwner();
    private final NavigableSet<Triple> model = new TreeSet<>();
    private final Set<Triple> dead = new HashSet<>();
    private final Set<Long> deletable = new HashSet<>();
    private ManualShardLog log;
    private OrderedIndex index;
    private ByteBuf description = Unpooled.buffer();
    private NavigableSet<Triple> described = new TreeSet<>();
    private int unusedSeen;
    /** When a record was added last. */
    private final Map<Triple, Integer> addedAt = new HashMap<>();

    private int steps;
    private int restarts;
    private long lastValue;

    IndexSimulation(long seed, boolean fails, boolean latestOnly) throws Exception {
        random = new SplittableRandom(seed);
        this.fails = fails;
        disk = new SimulatedFileSystem(new SplittableRandom(seed + 1));
        store = new FileSegmentStore(disk, Path.of("/segments"));
        boolean isFiltered = random.nextBoolean();
        int headRecords = random.nextInt(1, 60);
        options = new OrderedIndexOptions(
                3, headRecords, random.nextInt(2, 6), isFiltered, latestOnly, random.nextInt(3));
        owner.compactions = this::compaction;
        start();
        describe();
    }

    int restarts() {
        return restarts;
    }

    void run(int steps) throws Exception {
        for (int i = 0; i < steps; i++) {
            step(random.nextInt(100));
            if (owner.unused.size() > unusedSeen) {
                deletable.addAll(owner.unused.subList(unusedSeen, owner.unused.size()));
                unusedSeen = owner.unused.size();
            }
        }
        disk.faults().clear();
        index.retry();
        log.completeAll();
        while (takeFirst()) {
            log.completeAll();
        }
        assertThat(model).as("what never came").isEmpty();
        log.completeAll();
        index.close();
        assertThat(log.unreleased()).isZero();
        if (!fails) {
            assertThat(owner.failures).isEmpty();
        }
        assertThat(owner.damages).isEmpty();
    }

    private void step(int choice) throws Exception {
        steps++;
        if (choice < 45) {
            add();
        } else if (choice < 60) {
            takeFirst();
        } else if (choice < 65) {
            scan();
        } else if (choice < 68) {
            walk();
        } else if (choice < 90) {
            if (!log.isIdle()) {
                log.step(random);
            }
        } else if (choice < 93) {
            index.spill();
        } else if (choice < 94) {
            index.compact();
        } else if (choice < 96) {
            die();
        } else if (choice < 98) {
            describe();
        } else if (choice < 99) {
            index.retry();
        } else if (fails) {
            trouble();
        }
    }

    private void start() {
        log = new ManualShardLog(store);
        index = new OrderedIndex(options, owner);
    }

    private void add() {
        long value = options.latestOnly() ? ++lastValue : random.nextInt(3);
        Triple added = new Triple(random.nextInt(KEYS) - KEYS / 2, random.nextInt(SUBS), value);
        if (dead.contains(added)) {
            return; // its number is not used twice
        }
        model.add(added);
        addedAt.put(added, steps);
        index.add(added.key(), added.sub(), added.value());
    }

    private boolean takeFirst() {
        OrderedIndex.State state = index.peek();
        if (state == OrderedIndex.State.LOADING) {
            assertThat(log.waitingReads()).as("what it waits for").isPositive();
            return true;
        }
        if (state == OrderedIndex.State.EMPTY) {
            assertThat(model).as("what is missing").isEmpty();
            return false;
        }
        Triple first = new Triple(index.key(), index.sub(), index.value());
        if (model.contains(first)) {
            assertThat(first).isEqualTo(model.pollFirst());
        } else {
            assertThat(dead).as("what came").contains(first);
            assertThat(model.isEmpty() || first.compareTo(model.first()) < 0).isTrue();
        }
        lookAhead(first);
        index.poll();
        return true;
    }

    private void lookAhead(Triple first) {
        List<Triple> ahead = new ArrayList<>();
        int most = random.nextInt(1, 20);
        index.lookAhead((key, sub, value) -> {
            ahead.add(new Triple(key, sub, value));
            return ahead.size() < most;
        });
        assertThat(ahead).startsWith(first).isSorted().doesNotHaveDuplicates().hasSizeLessThanOrEqualTo(most);
        assertThat(ahead.subList(1, ahead.size())).allMatch(each -> model.contains(each) || dead.contains(each));
        assertThat(index.peek()).as("it changes nothing").isEqualTo(OrderedIndex.State.READY);
        assertThat(new Triple(index.key(), index.sub(), index.value())).isEqualTo(first);
    }

    private void scan() {
        long key = random.nextLong(-KEYS / 2, KEYS / 2);
        long from = random.nextLong(SUBS);
        long to = random.nextBoolean() ? from : from + random.nextInt(SUBS);
        Scan scan = new Scan(key, from, to, random.nextInt(1, 20));
        scan.before = new TreeSet<>(model);
        if (scan.before.stream().anyMatch(each -> each.key() == key)) {
            assertThat(index.mayHold(key)).as("key %d is there", key).isTrue();
        }
        if (index.scan(scan)) {
            scan.check();
        }
    }

    private void walk() {
        Triple from = new Triple(
                random.nextLong(-KEYS / 2 - 1, KEYS / 2), random.nextLong(SUBS), random.nextBoolean() ? 0 : 50);
        Walk walk = new Walk(from, random.nextInt(1, 60));
        walk.before = new TreeSet<>(model);
        if (index.scan(walk)) {
            walk.onComplete();
        }
    }

    private void die() {
        if (model.isEmpty()) {
            return;
        }
        List<Triple> all = new ArrayList<>(model);
        for (int i = 0; i < 5; i++) {
            Triple killed = all.get(random.nextInt(all.size()));
            if (!options.latestOnly() && model.remove(killed)) {
                dead.add(killed);
            }
        }
    }

    /** As an owner's checkpoint: what only older ones name is deleted. */
    private void describe() throws Exception {
        description = Unpooled.buffer();
        index.describe(description);
        described = new TreeSet<>(model);
        for (long segment : deletable) {
            store.delete(segment);
        }
        deletable.clear();
    }

    private void trouble() throws Exception {
        switch (random.nextInt(4)) {
            case 0 -> disk.faults().fail(random.nextBoolean() ? Kind.WRITE : Kind.SYNC, random.nextInt(1, 3));
            case 1 -> disk.faults().fail(Kind.CREATE, 1);
            case 2 -> log.failReads(random.nextInt(1, 3));
            default -> restart();
        }
    }

    private void restart() throws Exception {
        restarts++;
        index.close();
        assertThat(log.unreleased()).isZero();
        log.die();
        deletable.clear();
        owner.unused.clear();
        unusedSeen = 0;
        start();
        index.restore(description.duplicate());
        // What was taken since comes again; the owner of this one wants it again.
        NavigableSet<Triple> added = new TreeSet<>(model);
        model.addAll(described);
        model.removeAll(dead);
        for (Triple each : added) {
            index.add(each.key(), each.sub(), each.value());
        }
        if (random.nextBoolean()) {
            index.peek();
        }
        index.open(log);
    }

    private Compaction compaction() {
        Set<Triple> deadNow = Set.copyOf(dead);
        return new Compaction() {
            private final List<Triple> superseded = new ArrayList<>();

            @Override
            public boolean isAlive(long key, long sub, long value) {
                return !deadNow.contains(new Triple(key, sub, value));
            }

            @Override
            public void onSuperseded(long key, long sub, long value) {
                superseded.add(new Triple(key, sub, value));
            }

            @Override
            public void onDone() {
                for (Triple each : superseded) {
                    // Newer ones are taken later, so the one that superseded it need not be there any more.
                    model.remove(each);
                    dead.add(each);
                }
            }
        };
    }

    /** Sees what was there all the time, in order, each once, up to where it ends. */
    private final class Walk extends RecordWalk {
        private final List<Triple> seen = new ArrayList<>();
        private final Triple from;
        private final int max;
        private final int began = steps;
        private NavigableSet<Triple> before = new TreeSet<>();

        Walk(Triple from, int max) {
            super(from.key(), from.sub(), from.value());
            this.from = from;
            this.max = max;
        }

        @Override
        protected boolean visit(long key, long sub, long value) {
            assertThat(seen).as("what is seen after the end").hasSizeLessThan(max);
            seen.add(new Triple(key, sub, value));
            return seen.size() < max;
        }

        @Override
        public void onComplete() {
            if (failure() != null) {
                assertThat(fails).isTrue();
                return;
            }
            assertThat(seen)
                    .isSorted()
                    .doesNotHaveDuplicates()
                    .allMatch(each -> each.compareTo(from) >= 0)
                    .allMatch(each -> before.contains(each) || addedAt.get(each) >= began || dead.contains(each));
            before.retainAll(model);
            before.headSet(from).clear();
            if (seen.size() == max) {
                before.tailSet(seen.get(max - 1), false).clear();
            }
            assertThat(seen).containsAll(before);
        }
    }

    /** Finds what was there all the time, and nothing that was never there. */
    private final class Scan extends RangeScan {
        private NavigableSet<Triple> before = new TreeSet<>();
        private final int max;
        private final int began = steps;

        Scan(long key, long fromSub, long toSub, int recordsMax) {
            super(key, fromSub, toSub, recordsMax);
            max = recordsMax;
        }

        @Override
        public void onComplete() {
            check();
        }

        private void check() {
            if (failure() != null) {
                assertThat(fails).isTrue();
                return;
            }
            List<Triple> found = new ArrayList<>();
            for (int i = 0; i < records().count(); i++) {
                found.add(
                        new Triple(records().key(i), records().sub(i), records().value(i)));
            }
            assertThat(found).isSorted().doesNotHaveDuplicates();
            long lastSub = found.size() >= max ? found.get(found.size() - 1).sub() : toSub();
            assertThat(found)
                    .allMatch(each -> each.key() == fromKey() && each.sub() >= fromSub() && each.sub() <= toSub())
                    .allMatch(each -> before.contains(each) || addedAt.get(each) >= began || dead.contains(each));
            before.retainAll(model);
            before.removeIf(each -> each.key() != fromKey() || each.sub() < fromSub() || each.sub() > lastSub);
            assertThat(found).containsAll(before);
        }
    }
}
