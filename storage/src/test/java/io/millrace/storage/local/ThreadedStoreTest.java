package io.millrace.storage.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.base.AgentHost;
import io.millrace.base.AgentThread;
import io.millrace.base.Clock;
import io.millrace.base.file.DiskFileSystem;
import io.millrace.base.file.FileSystem;
import io.millrace.storage.Replay;
import io.millrace.storage.ThreadLoop;
import io.millrace.testkit.LeakCheck;
import io.millrace.testkit.SeedSource;
import io.millrace.testkit.SimulatedCrash;
import io.millrace.testkit.SimulatedFileSystem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;

/** Loops, writer, syncer, file keeper and reader, each on a thread of its own. */
@LeakCheck
class ThreadedStoreTest {
    private static final int SHARDS = 16;
    private static final int LOOPS = 4;
    private static final long WAIT_SECONDS_MAX = 120;
    /** Per shard; the models keep what is not trimmed. */
    private static final int RECORDS_OF_A_LIFE = 300;

    private static final LocalStoreOptions OPTIONS = LocalStoreOptions.DEFAULT
            .withShards(SHARDS)
            .withSizes(1 << 20, 1 << 20, 16 << 10)
            .withJournalBytes(0)
            .withReserveSyncBytes(32 << 10);

    /** Death is not an exception to tell anybody of. */
    private static final AgentHost MORTAL = (name, agent) -> new AgentThread(name, () -> {
                try {
                    return agent.work();
                } catch (SimulatedCrash e) {
                    return false;
                }
            })
            .start();

    private final List<ThreadLoop> loops = new ArrayList<>();
    private final List<ShardModel> models = new ArrayList<>();
    private final List<Appender> appenders = new ArrayList<>();
    private LocalStore store;

    @TempDir
    private Path directory;

    @Test
    void everythingThatManyAppendersAppendIsSyncedAndThereAfterARestart() throws Exception {
        newModels();
        for (int life = 0; life < 3; life++) {
            start(directory, new DiskFileSystem(), AgentHost.THREADS, life, 600);
            for (Appender each : appenders) {
                assertThat(each.done.await(WAIT_SECONDS_MAX, TimeUnit.SECONDS)).isTrue();
            }
            end();
            assertThat(store.failure()).isNull();
        }
        start(directory, new DiskFileSystem(), AgentHost.THREADS, 9, 0);
        end();
    }

    @ParameterizedTest
    @SeedSource(runs = 15)
    void nothingThatWasReportedIsMissingAfterAPowerCutInTheMiddle(long seed) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        SimulatedFileSystem disk = new SimulatedFileSystem(random.split());
        newModels();
        for (int life = 0; life < 4; life++) {
            start(StoreProcess.DIRECTORY, disk, MORTAL, random.nextLong(), RECORDS_OF_A_LIFE);
            dieSoon(disk, random);
            awaitDeathOrEnd(disk);
            end();
            if (!disk.isDown()) {
                disk.crash(new Random(seed));
            }
            disk.restart();
        }
        start(StoreProcess.DIRECTORY, disk, MORTAL, 9, 0);
        end();
    }

    private static void dieSoon(SimulatedFileSystem disk, SplittableRandom random) {
        boolean set = false;
        while (!set) {
            try {
                disk.crashAt(disk.operations() + random.nextInt(1, 400));
                set = true;
            } catch (IllegalArgumentException e) {
                // The threads were faster: that operation is done.
            }
        }
    }

    /** A machine that is fast writes everything before its death: then it dies with nothing to do. */
    private void awaitDeathOrEnd(SimulatedFileSystem disk) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS_MAX);
        for (Appender each : appenders) {
            while (!disk.isDown() && !each.done.await(10, TimeUnit.MILLISECONDS)) {
                assertThat(System.nanoTime()).as("in time").isLessThan(end);
            }
        }
    }

    private void newModels() {
        for (int shard = 0; shard < SHARDS; shard++) {
            models.add(new ShardModel());
        }
    }

    private void start(Path where, FileSystem disk, AgentHost agents, long seed, int records) throws Exception {
        loops.clear();
        appenders.clear();
        for (int i = 0; i < LOOPS; i++) {
            loops.add(new ThreadLoop("loop-" + i));
        }
        List<Replay> owners = new ArrayList<>();
        for (int shard = 0; shard < SHARDS; shard++) {
            appenders.add(new Appender(models.get(shard), new SplittableRandom(seed + shard), records));
            owners.add(appenders.get(shard));
        }
        store = LocalStore.open(where, disk, Clock.SYSTEM, new Random(seed), OPTIONS, owners::get);
        assertThat(store.report().damages()).isEmpty();
        for (int shard = 0; shard < SHARDS; shard++) {
            ThreadLoop loop = loops.get(shard % LOOPS);
            appenders.get(shard).attach(store.attach(shard, loop, appenders.get(shard)), loop);
        }
        store.start(agents);
        for (Appender each : appenders) {
            each.loop().run(each::begin);
        }
    }

    /** Ends the loops, then the store: nobody waits for what is not synced yet. */
    private void end() throws Exception {
        for (Appender each : appenders) {
            each.loop().run(each::stop);
        }
        try {
            store.close(TimeUnit.SECONDS.toMillis(WAIT_SECONDS_MAX));
        } catch (IOException e) {
            assertThat(store.failure()).isNotNull();
        }
        for (ThreadLoop loop : loops) {
            loop.close();
        }
        appenders.forEach(Appender::finish);
    }
}
