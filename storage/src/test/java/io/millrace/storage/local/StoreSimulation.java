package io.millrace.storage.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.base.file.OutOfSpaceException;
import io.millrace.storage.ReadBatch;
import io.millrace.storage.local.ShardOwner.Replayed;
import io.millrace.storage.local.SimulationCounts.Met;
import io.millrace.testkit.DiskOperation.Kind;
import io.millrace.testkit.SimulatedClock;
import io.millrace.testkit.SimulatedCrash;
import io.millrace.testkit.SimulatedFileSystem;
import io.millrace.testkit.SimulatedWorld;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * One run of the real store over a disk that fails, from one seed: processes that append, flush, trim and read, and die
 * one after the other, each checked against {@link ShardModel}.
 */
final class StoreSimulation {
    private static final long STEPS_MAX = 200_000;
    private static final int ATTEMPTS_MAX = 30;
    private static final Kind[] KINDS = {
        Kind.SYNC, Kind.SYNC, Kind.WRITE, Kind.RESERVE, Kind.CREATE, Kind.RENAME, Kind.DELETE, Kind.SYNC_DIRECTORY
    };

    private final SplittableRandom random;
    private final SimulatedFileSystem disk;
    private final SimulatedClock clock = new SimulatedClock();
    private final LocalStoreOptions options;
    /** Whether old records are let go by storage's leave only, most of the time. */
    private final boolean keepsMuch;

    private final List<ShardModel> models = new ArrayList<>();
    private final List<CheckpointModel> checkpoints = new ArrayList<>();
    private final List<CheckedRead> reads = new ArrayList<>();
    final SimulationCounts counts = new SimulationCounts();
    private final SimulatedBackups backups;
    private StoreProcess process;
    /** A file system that fails to write its directories is not written to again before a restart of the machine. */
    private boolean namesAtRisk;

    private long capacityBytes = Long.MAX_VALUE;

    StoreSimulation(long seed) {
        random = new SplittableRandom(seed);
        disk = new SimulatedFileSystem(random.split());
        keepsMuch = random.nextBoolean();
        int shards = random.nextInt(1, 5);
        long fileBytes = (4L << random.nextInt(3)) * JournalFormat.BLOCK_BYTES;
        options = new LocalStoreOptions(
                shards,
                fileBytes,
                random.nextInt(1, 3),
                random.nextInt(64 << 10),
                4096,
                random.nextInt(3),
                random.nextInt(4) * fileBytes,
                random.nextInt(3) * (long) JournalFormat.BLOCK_BYTES,
                new SpaceLimits(Long.MAX_VALUE, random.nextInt(3) * fileBytes, 0));
        disk.canReserve(random.nextInt(4) > 0);
        disk.onOperation(operation -> counts.add(Met.RESERVED, operation.kind() == Kind.RESERVE ? 1 : 0));
        backups = new SimulatedBackups(random.split(), options, counts);
        for (int shard = 0; shard < shards; shard++) {
            models.add(new ShardModel());
            checkpoints.add(new CheckpointModel());
        }
    }

    SimulatedFileSystem disk() {
        return disk;
    }

    /** Some lives, and one more that only looks. */
    void run() throws IOException {
        try {
            live(random.nextInt(2, 7));
        } finally {
            free();
        }
    }

    private void live(int lives) throws IOException {
        for (int i = 0; i < lives; i++) {
            start(4);
            live();
        }
        disk.faults().clear();
        setCapacity(Long.MAX_VALUE);
        disk.crashAt(Long.MAX_VALUE);
        start(0);
        settle();
        close();
    }

    /** Starts a process, however many attempts that takes; up to so many may be killed in the middle. */
    private void start(int deathsMax) throws IOException {
        verifyWhatWasLeft();
        for (int attempt = 0; ; attempt++) {
            if (attempt < deathsMax && random.nextInt(3) == 0) {
                scheduleDeath(30);
            }
            try {
                process = StoreProcess.start(disk, options, new SimulatedWorld(random.split(), clock), owners());
                break;
            } catch (SimulatedCrash e) {
                counts.add(Met.INTERRUPTED_RECOVERIES, 1);
                restart();
            } catch (OutOfSpaceException e) {
                setCapacity(Long.MAX_VALUE);
            } catch (IOException e) {
                counts.add(Met.FAILED_RECOVERIES, 1);
                if (attempt > ATTEMPTS_MAX) {
                    throw e;
                }
                if (namesAtRisk || random.nextBoolean()) {
                    cutPower();
                    disk.restart();
                }
            }
        }
        check();
    }

    /** However the process before has ended: that is no damage. */
    private void verifyWhatWasLeft() throws IOException {
        if (random.nextInt(4) > 0 || !disk.exists(StoreProcess.DIRECTORY.resolve(StoreIdentity.NAME))) {
            return;
        }
        List<Object> damages = new ArrayList<>();
        try (StoreInspection inspection = new StoreInspection(StoreProcess.DIRECTORY, disk, bytes -> {})) {
            inspection.replay(shard -> new ShardOwner(), damages::add);
            inspection.verifyAdopted(damages::add);
        }
        assertThat(damages).as("damage that a death has left").isEmpty();
        counts.add(Met.VERIFIED, 1);
    }

    private List<ShardOwner> owners() {
        List<ShardOwner> owners = new ArrayList<>();
        for (int shard = 0; shard < models.size(); shard++) {
            ShardOwner owner = new ShardOwner();
            owner.survivors = new Survivors(checkpoints.get(shard), models.get(shard), random.split(), counts);
            owners.add(owner);
        }
        return owners;
    }

    private void check() {
        assertThat(process.store.report().damages()).isEmpty();
        counts.add(Met.COPIED_GROUPS, process.store.report().copiedGroups());
        for (int shard = 0; shard < models.size(); shard++) {
            ShardOwner owner = process.owner(shard);
            counts.add(Met.REPLAYED, owner.replayed.size());
            owner.survivors.started(process.log(shard), owner);
            models.get(shard).replayed(owner, process.log(shard).appendedPosition());
            owner.onSyncedTold = models.get(shard)::synced;
        }
    }

    /** One process from its start to its end. */
    private void live() throws IOException {
        counts.add(Met.LIVES, 1);
        try {
            if (random.nextInt(3) == 0) {
                scheduleDeath(200);
            }
            int actions = random.nextInt(150);
            for (int i = 0; i < actions; i++) {
                act();
                steps(random.nextInt(6));
                backups.look(models, checkpoints);
            }
            end();
        } catch (SimulatedCrash e) {
            died();
        }
    }

    private void act() throws IOException {
        int shard = random.nextInt(models.size());
        int what = random.nextInt(100);
        if (what < 50) {
            append(shard);
        } else if (what < 70) {
            process.log(shard).flush();
        } else if (what < 80) {
            read(shard);
        } else if (what < 83) {
            process.owner(shard).survivors.act();
        } else if (what < 86) {
            trim(shard, random.nextInt(4) == 0);
        } else if (what < 88) {
            trimAll();
        } else if (what < 92) {
            settle();
        } else if (what < 94) {
            clock.advance(random.nextLong(2_000_000_000L));
        } else if (what == 94 && random.nextInt(3) == 0) {
            Kind kind = KINDS[random.nextInt(KINDS.length)];
            disk.faults().fail(kind, random.nextInt(1, 10));
            namesAtRisk |= kind == Kind.SYNC_DIRECTORY;
        } else if (what == 95) {
            setCapacity(usedBytes() + random.nextLong(2 * options.fileBytes()));
        } else if (what == 96) {
            setCapacity(Long.MAX_VALUE);
        } else if (what == 97) {
            backups.act(process.store, models, checkpoints);
        }
    }

    private void append(int shard) {
        int kind = random.nextInt(20);
        int bytesMax = kind == 0 ? 30_000 : kind < 4 ? 5000 : 300;
        byte[] record = new byte[random.nextInt(bytesMax)];
        random.nextBytes(record);
        models.get(shard).appended(process.append(shard, record), record);
        counts.add(Met.APPENDED, 1);
    }

    private void trimAll() {
        for (int each = 0; each < models.size(); each++) {
            trim(each, true);
        }
    }

    private void trim(int shard, boolean all) {
        if (keepsMuch && random.nextInt(20) > 0) {
            return;
        }
        List<Replayed> readable = models.get(shard).readable();
        long position = process.log(shard).syncedPosition();
        if (!all && !readable.isEmpty()) {
            position = readable.get(random.nextInt(readable.size())).position();
        }
        process.owner(shard).survivors.trim(position);
    }

    private void read(int shard) {
        List<Replayed> readable = models.get(shard).readable();
        if (readable.isEmpty()) {
            return;
        }
        CheckedRead batch = new CheckedRead(shard);
        for (int i = random.nextInt(1, 4); i > 0; i--) {
            Replayed wanted = readable.get(random.nextInt(readable.size()));
            ByteBuf tail = process.log(shard).readTail(wanted.position(), wanted.record().length);
            if (tail == null) {
                batch.wanted.add(wanted);
                batch.add(wanted.position(), wanted.record().length);
            } else {
                assertThat(ByteBufUtil.getBytes(tail)).isEqualTo(wanted.record());
                tail.release();
                counts.add(Met.READ_FROM_MEMORY, 1);
            }
        }
        reads.add(batch);
        process.log(shard).read(batch);
    }

    /** Lets everybody finish: then everything flushed is synced, unless the disk has failed or is full. */
    private void settle() {
        process.logs.forEach(log -> log.flush());
        process.world.runUntilIdle(STEPS_MAX);
        if (process.store.failure() == null && !process.store.hasSpace()) {
            counts.add(Met.FULL_DISKS, 1);
            setCapacity(Long.MAX_VALUE);
            clock.advance(2_000_000_000L);
            process.world.runUntilIdle(STEPS_MAX);
        }
        if (process.store.failure() == null) {
            process.owners.forEach(owner -> owner.survivors.assertIdle());
            // Owners here do not always try again what has failed.
            String refusal = process.store.space().refusal();
            assertThat(refusal.isEmpty() || refusal.startsWith("what lives in old files cannot be moved"))
                    .as(refusal)
                    .isTrue();
            process.logs.forEach(log -> {
                assertThat(log.unsyncedBytes()).as("flushed and not synced").isZero();
                assertThat(log.hasSpace()).isEqualTo(refusal.isEmpty());
            });
        } else {
            process.owners.forEach(owner -> assertThat(owner.failures).hasSize(1));
        }
        assertThat(reads).as("reads that were not completed").isEmpty();
    }

    private void steps(int count) {
        for (int i = 0; i < count; i++) {
            if (!process.world.step()) {
                return;
            }
        }
    }

    private void end() throws IOException {
        switch (namesAtRisk ? 2 : random.nextInt(4)) {
            case 0 -> {
                settle();
                close();
                backups.look(models, checkpoints);
                counts.add(Met.CLOSES, 1);
                // What was closed is on stable storage, whatever happens to the machine afterwards.
                cutPower();
                disk.restart();
            }
            case 1 -> {
                disk.kill();
                counts.add(Met.KILLS, 1);
                died();
            }
            default -> {
                cutPower();
                died();
            }
        }
    }

    private void close() throws IOException {
        process.close();
        for (ShardOwner each : process.owners) {
            each.survivors.ended();
        }
    }

    private void cutPower() {
        counts.add(Met.POWER_CUTS, 1);
        disk.crash(random);
        if (namesAtRisk) {
            disk.faults().clear();
            namesAtRisk = false;
        }
    }

    /** Starts the machine again, or just the process. */
    private void restart() {
        if (namesAtRisk) {
            cutPower();
        }
        disk.restart();
    }

    private void died() {
        free();

        if (process.store.failure() != null) {
            counts.add(Met.FAILED_STORES, 1);
        }
        restart();
    }

    /** Gives back the memory that the process had. */
    private void free() {
        backups.died(checkpoints);
        if (process != null) {
            process.kill();
            process.owners.forEach(owner -> owner.survivors.free());
        }
        reads.forEach(CheckedRead::releaseAll);
        reads.clear();
    }

    private void scheduleDeath(int operationsMax) {
        long operation = disk.operations() + random.nextInt(1, operationsMax);
        if (!namesAtRisk && random.nextInt(3) == 0) {
            disk.killAt(operation);
        } else {
            disk.crashAt(operation);
        }
    }

    private void setCapacity(long bytes) {
        capacityBytes = bytes;
        disk.capacity(bytes);
    }

    private long usedBytes() throws IOException {
        return capacityBytes - disk.usableBytes(StoreProcess.DIRECTORY);
    }

    /** A read that checks what it gets. */
    private final class CheckedRead extends ReadBatch {
        private final int shard;
        private final List<Replayed> wanted = new ArrayList<>();

        CheckedRead(int shard) {
            this.shard = shard;
        }

        @Override
        public void onComplete() {
            reads.remove(this);
            for (int i = 0; i < count(); i++) {
                ByteBuf record = take(i);
                if (record == null) {
                    // It may have been trimmed while the read was on its way.
                    assertThat(models.get(shard).readable())
                            .as("shard %d: %s", shard, failure(i))
                            .doesNotContain(wanted.get(i));
                } else {
                    assertThat(ByteBufUtil.getBytes(record))
                            .isEqualTo(wanted.get(i).record());
                    record.release();
                    counts.add(Met.READ_FROM_DISK, 1);
                }
            }
        }
    }
}
