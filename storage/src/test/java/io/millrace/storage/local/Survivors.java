package io.millrace.storage.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.storage.Checkpoint;
import io.millrace.storage.Extent;
import io.millrace.storage.HeldRegions;
import io.millrace.storage.ReadBatch;
import io.millrace.storage.SegmentStore;
import io.millrace.storage.ShardLog;
import io.millrace.storage.StoredRegion;
import io.millrace.storage.local.CheckpointModel.Stated;
import io.millrace.storage.local.ShardOwner.Replayed;
import io.millrace.storage.local.SimulationCounts.Met;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * The part of a simulated owner that looks after what is old, in one process: answers how much lives, adopts or writes
 * anew, replaces checkpoints, deletes segments, leaves adopted files, reads all of it and checks what it gets. All by
 * chance; what has to hold is in the {@link CheckpointModel}.
 */
final class Survivors {
    /** About the largest size of a file in the simulation. */
    private static final long FILE_BYTES = 64 << 10;

    private final CheckpointModel model;
    private final ShardModel records;
    private final SplittableRandom random;
    private final SimulationCounts counts;
    private final List<MoveJob> jobs = new ArrayList<>();
    private final List<OldRead> reads = new ArrayList<>();
    private final HeldRegions regions = new HeldRegions();
    /** Apart from the other, so that what happens is the same whether regions are wanted or not. */
    private final SplittableRandom regionRandom = new SplittableRandom(1);

    private ShardLog log;
    private long nextSegment = 1;
    private long trimWanted;
    private boolean underWay;
    private boolean replayed;

    // What the next checkpoint is to say.
    private boolean changed;
    private long replayFrom;
    private final TreeMap<Long, Extent> adopted = new TreeMap<>();
    private final TreeMap<Long, byte[]> adoptedRecords = new TreeMap<>();
    private final TreeMap<Long, byte[]> segments = new TreeMap<>();
    /** What the newest one says that was stated and has not failed. */
    private Stated newest;

    Survivors(CheckpointModel model, ShardModel records, SplittableRandom random, SimulationCounts counts) {
        this.model = model;
        this.records = records;
        this.random = random;
        this.counts = counts;
        this.newest = model.inForce();
    }

    // The start.

    void onManifest(byte[] manifest, SegmentStore store) throws IOException {
        long before = model.inForce().id();
        take(model.found(manifest));
        replayed = true;
        counts.add(Met.LATER_MANIFESTS, newest.id() > before ? 1 : 0);
        List<Long> there = store.list();
        assertThat(there).containsAll(newest.segments().keySet());
        for (Map.Entry<Long, byte[]> each : newest.segments().entrySet()) {
            assertThat(store.size(each.getKey())).isEqualTo(each.getValue().length);
            assertThat(content(each.getValue().length, target -> store.read(each.getKey(), 0, target)))
                    .isEqualTo(each.getValue());
        }
        for (Map.Entry<Long, byte[]> each : newest.adoptedRecords().entrySet()) {
            assertThat(content(each.getValue().length, target -> store.readLog(each.getKey(), target)))
                    .isEqualTo(each.getValue());
            counts.add(Met.ADOPTED_READ_AT_START, 1);
        }
        for (long segment : there) {
            if (!newest.segments().containsKey(segment)) {
                store.delete(segment);
                counts.add(Met.UNNAMED_SEGMENTS, 1);
            }
        }
    }

    /**
     * The log is there; {@code replayedFrom} is the position of the first record that was replayed, if there was one.
     */
    void started(ShardLog attached, ShardOwner owner) {
        log = attached;
        if (!replayed) {
            model.foundNone();
            take(model.inForce());
        }
        if (!owner.replayed.isEmpty()) {
            assertThat(owner.replayed.get(0).position()).isGreaterThanOrEqualTo(newest.replayFrom());
        }
        records.replaysFrom(newest.replayFrom());
    }

    private void take(Stated checkpoint) {
        newest = checkpoint;
        changed = false;
        replayFrom = checkpoint.replayFrom();
        adopted.clear();
        checkpoint.adopted().forEach(each -> adopted.put(each.from(), each));
        adoptedRecords.clear();
        adoptedRecords.putAll(checkpoint.adoptedRecords());
        segments.clear();
        segments.putAll(checkpoint.segments());
        nextSegment = Math.max(nextSegment, segments.isEmpty() ? 1 : segments.lastKey() + 1);
    }

    // What storage says.

    void onTrimWanted(long position) {
        assertThat(position).isLessThanOrEqualTo(log.syncedPosition());
        trimWanted = position;
        if (random.nextInt(4) > 0) {
            answer();
        }
    }

    void onTrim(long position, boolean adopt) {
        if (position <= replayFrom) {
            return;
        }
        if (adopt && random.nextInt(4) > 0) {
            adoptUpTo(position);
        } else if (random.nextInt(5) > 0) {
            submit(new MoveJob(position, random.nextInt(3) > 0 ? replayFrom : position));
        } else {
            replayFrom = position;
            changed = true;
        }
        state();
    }

    void onVacate(Extent extent) {
        if (!adopted.containsKey(extent.from())) {
            return; // a checkpoint that drops it is on its way
        }
        counts.add(Met.VACATED, 1);
        submit(new MoveJob(extent));
    }

    private void answer() {
        if (trimWanted > replayFrom) {
            log.survey(new Extent(replayFrom, trimWanted, liveBytes()));
        } else {
            log.survey(new Extent(trimWanted, trimWanted, 0));
        }
        trimWanted = 0;
    }

    /** Nothing, or some of a file, or as much as if it were all of one. */
    private long liveBytes() {
        return random.nextInt(3) == 0 ? 0 : random.nextBoolean() ? random.nextLong(FILE_BYTES) : FILE_BYTES;
    }

    private void adoptUpTo(long position) {
        List<Replayed> inside = records.between(replayFrom, position);
        for (Replayed each : inside) {
            long end = each.position() + JournalFormat.RECORD_PREFIX_BYTES + each.record().length;
            assertThat(end).as("end of an adopted record").isLessThanOrEqualTo(position);
            adoptedRecords.put(each.position(), each.record());
        }
        adopted.put(replayFrom, new Extent(replayFrom, position, liveBytes()));
        replayFrom = position;
        changed = true;
        counts.add(Met.ADOPTED, 1);
    }

    // What the owner does by itself.

    void act() throws IOException {
        switch (random.nextInt(10)) {
            case 0 -> {
                if (trimWanted > 0) {
                    answer();
                }
            }
            case 1 -> submit(new MoveJob(replayFrom, replayFrom));
            case 2 -> {
                if (!segments.isEmpty()) {
                    segments.remove(anyOf(segments));
                    changed = true;
                }
            }
            case 3 -> {
                if (!adopted.isEmpty()) {
                    Extent less = adopted.get(anyOf(adopted));
                    adopted.put(
                            less.from(), new Extent(less.from(), less.to(), random.nextLong(less.liveBytes() + 1) / 2));
                    changed = true;
                }
            }
            case 4 -> {
                if (!adopted.isEmpty()) {
                    drop(adopted.get(anyOf(adopted)));
                }
            }
            default -> read();
        }
        if (regionRandom.nextInt(8) == 0) {
            counts.add(Met.REGIONS_HELD_LONG, regions.count());
            regions.check();
            regions.releaseOne(regionRandom);
        }
        state();
    }

    /** The store was closed: what is still being sent is there to its end. */
    void ended() throws IOException {
        counts.add(Met.REGIONS_HELD_AFTER_THE_END, regions.count());
        regions.check();
        regions.releaseAll();
    }

    /** Lets go of everything below {@code position}, where it lies. */
    void trim(long position) {
        if (position > replayFrom) {
            replayFrom = position;
            changed = true;
        }
        state();
    }

    private void drop(Extent extent) {
        adopted.remove(extent.from());
        adoptedRecords.subMap(extent.from(), extent.to()).clear();
        changed = true;
    }

    private void state() {
        if (underWay || !changed) {
            return;
        }
        changed = false;
        underWay = true;
        newest = new Stated(
                model.nextId(),
                replayFrom,
                List.copyOf(adopted.values()),
                new TreeMap<>(adoptedRecords),
                new TreeMap<>(segments));
        model.stated(newest);
        records.trimmed(replayFrom);
        log.checkpoint(new StatedCheckpoint(newest));
        counts.add(Met.CHECKPOINTS, 1);
    }

    private void submit(MoveJob job) {
        jobs.add(job);
        log.submit(job);
    }

    private void read() {
        OldRead batch = new OldRead();
        Stated safe = model.inForce();
        for (int i = random.nextInt(4); i >= 0; i--) {
            if (!safe.adoptedRecords().isEmpty() && random.nextBoolean()) {
                long position = anyOf(safe.adoptedRecords());
                byte[] record = safe.adoptedRecords().get(position);
                batch.want(ReadBatch.LOG, position, record);
            } else if (!safe.segments().isEmpty()) {
                long segment = anyOf(safe.segments());
                byte[] content = safe.segments().get(segment);
                int from = random.nextInt(content.length + 1);
                batch.want(segment, from, Arrays.copyOfRange(content, from, random.nextInt(from, content.length + 1)));
            }
        }
        if (batch.count() > 0) {
            reads.add(batch);
            log.read(batch);
        }
    }

    private long anyOf(NavigableMap<Long, ?> map) {
        return new ArrayList<>(map.keySet()).get(random.nextInt(map.size()));
    }

    /** Whether everything that was asked for is answered. */
    void assertIdle() {
        assertThat(jobs).as("jobs that were not answered").isEmpty();
        assertThat(reads).as("reads that were not completed").isEmpty();
        assertThat(underWay).as("a checkpoint that was not answered").isFalse();
    }

    /** Gives back the memory that the process had. */
    void free() {
        jobs.forEach(MoveJob::abandon);
        reads.forEach(OldRead::releaseAll);
        regions.releaseAll();
    }

    private static byte[] content(int bytes, Filling filling) throws IOException {
        ByteBuffer target = ByteBuffer.allocate(bytes);
        filling.fill(target);
        assertThat(target.hasRemaining()).isFalse();
        return target.array();
    }

    private interface Filling {
        void fill(ByteBuffer target) throws IOException;
    }

    private final class StatedCheckpoint extends Checkpoint {
        private final Stated stated;

        StatedCheckpoint(Stated stated) {
            super(stated.replayFrom(), stated.adopted(), stated.manifest());
            this.stated = stated;
        }

        @Override
        public void onStored() {
            Set<Long> superfluous = new HashSet<>(model.inForce().segments().keySet());
            superfluous.removeAll(stated.segments().keySet());
            model.stored(stated);
            underWay = false;
            if (!superfluous.isEmpty()) {
                submit(new MoveJob(superfluous));
            }
            state();
        }

        @Override
        public void onFailed(IOException reason) {
            counts.add(Met.FAILED_CHECKPOINTS, 1);
            model.failed(stated);
            underWay = false;
            take(model.inForce());
        }
    }

    /** Reads old records and writes a segment; or deletes some. */
    private final class MoveJob extends SteppedJob {
        private final TreeMap<Long, byte[]> moved = new TreeMap<>();
        private final byte[] content;
        private final long segment;
        private final long moveTo;
        private final Extent vacated;
        private final Set<Long> deleted;

        /** Moves what lies between {@code from} and {@code to}; there the replay begins then. */
        MoveJob(long to, long from) {
            this(to, null, Set.of());
            records.between(from, to).forEach(each -> moved.put(each.position(), each.record()));
        }

        MoveJob(Extent vacated) {
            this(0, vacated, Set.of());
            moved.putAll(adoptedRecords.subMap(vacated.from(), vacated.to()));
        }

        MoveJob(Set<Long> deleted) {
            this(0, null, deleted);
        }

        private MoveJob(long moveTo, Extent vacated, Set<Long> deleted) {
            this.moveTo = moveTo;
            this.vacated = vacated;
            this.deleted = deleted;
            this.segment = deleted.isEmpty() ? nextSegment++ : 0;
            this.content = new byte[random.nextInt(random.nextInt(6) == 0 ? 300_000 : 4000)];
            random.nextBytes(content);
        }

        @Override
        void work(SegmentStore store, int step) throws IOException {
            if (!deleted.isEmpty()) {
                for (long each : deleted) {
                    store.delete(each);
                }
                return;
            }
            switch (step) {
                case 0 -> begin(store.create(segment));
                case 1 -> {
                    for (Map.Entry<Long, byte[]> each : moved.entrySet()) {
                        checkMoved(each.getKey(), each.getValue(), store);
                    }
                }
                case 2 -> output().write(ByteBuffer.wrap(content, 0, content.length / 3));
                case 3 ->
                    output().write(ByteBuffer.wrap(content, content.length / 3, content.length - content.length / 3));
                default -> output().seal();
            }
        }

        private void checkMoved(long position, byte[] record, SegmentStore store) throws IOException {
            try {
                assertThat(content(record.length, target -> store.readLog(position, target)))
                        .isEqualTo(record);
            } catch (IOException e) {
                if (isNeeded(ReadBatch.LOG, position)) {
                    throw e;
                }
            }
        }

        @Override
        int steps() {
            return deleted.isEmpty() ? 5 : 1;
        }

        @Override
        public void onDone() {
            jobs.remove(this);
            if (!deleted.isEmpty()) {
                counts.add(Met.SEGMENTS_DELETED, deleted.size());
                return;
            }
            counts.add(Met.SEGMENTS_WRITTEN, 1);
            segments.put(segment, content);
            changed = true;
            if (vacated != null && adopted.containsKey(vacated.from())) {
                drop(vacated);
            }
            replayFrom = Math.max(replayFrom, moveTo);
            state();
        }

        @Override
        public void onFailed(IOException reason) {
            jobs.remove(this);
            counts.add(Met.FAILED_JOBS, 1);
        }
    }

    /** Whether an old record, or a segment, is needed by all that may be in force. */
    private boolean isNeeded(long segment, long position) {
        if (segment != ReadBatch.LOG) {
            return newest.segments().containsKey(segment)
                    && model.inForce().segments().containsKey(segment);
        }
        return position >= newest.replayFrom() || newest.adoptedRecords().containsKey(position);
    }

    /** A read that checks what it gets. */
    private final class OldRead extends ReadBatch {
        private final List<byte[]> wanted = new ArrayList<>();

        OldRead() {
            super(regionRandom.nextBoolean() ? HeldRegions.anywhere(regionRandom) : null);
        }

        void want(long segment, long address, byte[] expected) {
            wanted.add(expected);
            add(segment, address, expected.length);
        }

        @Override
        public void onComplete() {
            reads.remove(this);
            for (int i = 0; i < count(); i++) {
                ByteBuf piece = take(i);
                if (piece == null) {
                    assertThat(isNeeded(segment(i), address(i)))
                            .as("segment %d, %d: %s", segment(i), address(i), failure(i))
                            .isFalse();
                } else {
                    check(piece, takeRegion(i), wanted.get(i));
                    counts.add(segment(i) == LOG ? Met.ADOPTED_READ : Met.SEGMENTS_READ, 1);
                }
            }
        }

        private void check(ByteBuf piece, StoredRegion region, byte[] expected) {
            int bytes = region == null ? expected.length : expected.length - region.bytes();
            assertThat(ByteBufUtil.getBytes(piece)).isEqualTo(Arrays.copyOf(expected, bytes));
            piece.release();
            if (region != null) {
                regions.hold(region, Arrays.copyOfRange(expected, bytes, expected.length));
                counts.add(Met.REGIONS_GIVEN, 1);
            }
        }
    }
}
