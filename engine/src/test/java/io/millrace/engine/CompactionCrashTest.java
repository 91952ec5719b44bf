package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.ReceiveProbe.Message;
import io.millrace.engine.policy.EngineLimits;
import io.millrace.storage.local.LocalStoreOptions;
import io.millrace.storage.local.ScrubOptions;
import io.millrace.testkit.LeakCheck;
import io.millrace.testkit.SimulatedClock;
import io.millrace.testkit.SimulatedCrash;
import io.millrace.testkit.SimulatedFileSystem;
import io.millrace.testkit.SimulatedWorld;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * A fixed story on the local store in which segments are written anew and an adopted file is left, with a power cut at
 * every operation of the disk in turn: what was confirmed is there afterwards, what was settled is not.
 */
@LeakCheck
class CompactionCrashTest {
    private static final int BLOCK_BYTES = 4096;
    private static final int MESSAGE_BYTES = 3_500;
    private static final long LEASE_NANOS = TimeUnit.SECONDS.toNanos(20);
    private static final LocalStoreOptions OPTIONS =
            new LocalStoreOptions(1, 8 * BLOCK_BYTES, 1, 16 << 10, BLOCK_BYTES, 1, 0);

    private final SimulationTally tally = new SimulationTally();

    @Test
    void aPowerCutAtAnyOperationLosesNothing() throws IOException {
        Story undisturbed = new Story(Long.MAX_VALUE);
        long operations = undisturbed.run();
        assertThat(tally.compactions).as("compactions in the story").isPositive();
        assertThat(tally.extentsLeft).as("runs taken out of adopted files").isPositive();
        for (long at = undisturbed.told; at <= operations; at++) {
            new Story(at).run();
        }
        System.out.println("power cuts at operations " + undisturbed.told + " to " + operations + "; " + tally);
    }

    private final class Story {
        private final SimulatedClock clock = new SimulatedClock();
        private final SplittableRandom random = new SplittableRandom(7);
        private final SimulatedFileSystem disk = new SimulatedFileSystem(random.split());
        private final ShardLedger ledger = new ShardLedger(0);
        private final List<QueueClients> queues =
                List.of(new QueueClients(1, 0, ledger, clock, tally), new QueueClients(2, 0, ledger, clock, tally));
        private @Nullable SimulatedProcess process;
        private long nextNumber = 1;
        /** The operations of the disk until there was something to compact. */
        private long told;

        Story(long crashAt) {
            disk.crashAt(crashAt);
        }

        /** Returns the operations that the disk did until the story, without its end, was over. */
        long run() throws IOException {
            long operations = 0;
            try {
                start();
                tell();
                operations = disk.operations();
                process.close();
                disk.crash(random);
            } catch (SimulatedCrash e) {
                if (process != null) {
                    process.kill();
                }
            }
            died();
            disk.crashAt(Long.MAX_VALUE);
            disk.restart();
            start();
            queues.forEach(each -> each.inspect(process.shard(0)));
            process.runUntilIdle();
            pass(2 * LEASE_NANOS);
            for (QueueClients each : queues) {
                acknowledgeAll(each);
                assertThat(each.model().present()).isEmpty();
            }
            process.close();
            died();
            return operations;
        }

        private void start() throws IOException {
            SimulatedWorld world = new SimulatedWorld(random.split(), clock);
            process = new SimulatedProcess(
                    disk,
                    OPTIONS,
                    EngineLimits.DEFAULT,
                    world,
                    Set.of(1L, 2L),
                    List.of(ledger),
                    random.split(),
                    ScrubOptions.NEVER);
            ledger.restarted();
            assertThat(process.awaitReady()).isTrue();
        }

        private void died() {
            if (process != null) {
                tally.compacted(process.compactions());
            }
            process = null;
            queues.forEach(QueueClients::died);
        }

        private void tell() {
            publish(queues.get(0), 24);
            // Most of the first files lived; now little does.
            acknowledgeBut(queues.get(0), 6, 24);
            publish(queues.get(1), 9);
            acknowledgeBut(queues.get(1), 3, 9);
            told = disk.operations();
            pass(TimeUnit.SECONDS.toNanos(16));
            publish(queues.get(1), 9);
            pass(TimeUnit.SECONDS.toNanos(8));
        }

        private void publish(QueueClients queue, int messages) {
            for (int i = 0; i < messages; i++) {
                queue.publish(process.shard(0), nextNumber++, 1, MESSAGE_BYTES, any -> {});
                process.runUntilIdle();
            }
        }

        private void acknowledgeBut(QueueClients queue, int step, int messages) {
            for (int i = 0; i < messages; i++) {
                List<Message> got = receive(queue, 1);
                if (i % step != 0) {
                    queue.acknowledge(process.shard(0), got);
                    process.runUntilIdle();
                }
            }
        }

        private void acknowledgeAll(QueueClients queue) {
            for (List<Message> got = receive(queue, 10); !got.isEmpty(); got = receive(queue, 10)) {
                queue.acknowledge(process.shard(0), got);
                process.runUntilIdle();
            }
        }

        private List<Message> receive(QueueClients queue, int messagesMax) {
            QueueClients.CheckedReceive receive =
                    queue.receive(process.shard(0), messagesMax, Integer.MAX_VALUE, LEASE_NANOS, 0, false);
            process.runUntilIdle();
            assertThat(receive.isAnswered()).isTrue();
            return receive.messages();
        }

        private void pass(long nanos) {
            for (long end = clock.elapsedNanos() + nanos; clock.elapsedNanos() < end; ) {
                process.runUntilIdle();
                clock.advance(TimeUnit.SECONDS.toNanos(1));
            }
            process.runUntilIdle();
        }
    }
}
