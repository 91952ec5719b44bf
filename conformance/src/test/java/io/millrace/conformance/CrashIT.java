package io.millrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A broker process under load is killed with SIGKILL at random moments and started again. Small journal files, so that
 * rolling and recycling are hit as well.
 */
class CrashIT {
    private static final int KILLS = Integer.getInteger("crash.kills", 20);
    private static final int PUBLISHERS = 3;
    private static final int CONSUMERS = 3;
    private static final long LEASE_MILLIS = 3_000;
    private static final long DRAIN_SECONDS_MAX = 60;

    @TempDir
    Path folder;

    private final DeliveryHistory history = new DeliveryHistory();
    private final CountDownLatch stopPublishing = new CountDownLatch(1);
    private final CountDownLatch stopConsuming = new CountDownLatch(1);
    /** Where the broker is; not known while it is dead. */
    private volatile CompletableFuture<URI> server = new CompletableFuture<>();

    @Test
    void nothingConfirmedIsLostAndNothingAcknowledgedComesBack() throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        ExecutorService clients = Executors.newFixedThreadPool(PUBLISHERS + CONSUMERS);
        ServerProcess process = start();
        try {
            new HttpQueue(server.join(), "crash").create();
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < PUBLISHERS; i++) {
                int id = i;
                running.add(clients.submit(() -> publish(id)));
            }
            for (int i = 0; i < CONSUMERS; i++) {
                running.add(clients.submit(this::consume));
            }
            for (int kill = 0; kill < KILLS; kill++) {
                stopConsuming.await(100 + random.nextInt(1200), TimeUnit.MILLISECONDS);
                server = new CompletableFuture<>();
                process.kill();
                process = start();
            }
            stopPublishing.countDown();
            drain();
            stopConsuming.countDown();
            for (Future<?> each : running) {
                each.get(30, TimeUnit.SECONDS);
            }
        } finally {
            stopPublishing.countDown();
            stopConsuming.countDown();
            clients.shutdownNow();
            process.close();
        }
        System.out.printf("crash test: %d kills, %s, lost 0 expected (seed %d)%n", KILLS, history, seed);
        assertThat(history.violations()).as("seed %d", seed).isEmpty();
        assertThat(history.confirmedCount())
                .as("the load ran between the kills")
                .isGreaterThan(KILLS * 10);
    }

    private ServerProcess start() throws IOException {
        ServerProcess started =
                ServerProcess.start(folder, List.of("-Xmx256m"), "--set", "storage.journal.file-bytes=2MiB");
        server.complete(started.http());
        return started;
    }

    private void publish(int publisher) {
        HttpQueue queue = new HttpQueue(server.join(), "crash");
        for (long number = 0; stopPublishing.getCount() > 0; number++) {
            queue.server(server.join());
            List<String> bodies = new ArrayList<>();
            for (int i = 0; i < 1 + number % 10; i++) {
                bodies.add("p" + publisher + "-" + number + "-" + i + "-" + "x".repeat((int) (number % 500)));
            }
            history.onSend(bodies);
            try {
                queue.publish(bodies);
                history.onConfirm(bodies);
            } catch (IOException e) {
                // The broker was killed: these may be there or not.
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void consume() {
        HttpQueue queue = new HttpQueue(server.join(), "crash");
        while (stopConsuming.getCount() > 0) {
            queue.server(server.join());
            try {
                List<HttpQueue.Message> messages = queue.receive(20, 500, LEASE_MILLIS);
                messages.forEach(history::onDelivery);
                if (!messages.isEmpty()) {
                    queue.acknowledge(messages).forEach(history::onAcknowledge);
                }
            } catch (IOException e) {
                // The broker was killed: what was not confirmed may come back.
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** Waits until the consumers have had everything; leases of messages that a kill cut off run out meanwhile. */
    private void drain() throws IOException, InterruptedException {
        HttpQueue queue = new HttpQueue(server.join(), "crash");
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(DRAIN_SECONDS_MAX);
        while (queue.count("ready") + queue.count("leased") > 0) {
            assertThat(System.nanoTime()).as("drained in time").isLessThan(end);
            stopConsuming.await(100, TimeUnit.MILLISECONDS);
        }
    }
}
