package io.millrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Publishers and consumers that go on while their broker dies and comes back, and remember what they were told. Each on
 * a thread of its own; the rest is the test's.
 */
final class CrashLoad implements AutoCloseable {
    static final String QUEUE = "crash";
    private static final int PUBLISHERS = 3;
    private static final int CONSUMERS = 3;
    private static final long LEASE_MILLIS = 3_000;
    private static final long DRAIN_SECONDS_MAX = 60;

    private final DeliveryHistory history = new DeliveryHistory();
    private final CountDownLatch stopPublishing = new CountDownLatch(1);
    private final CountDownLatch stopConsuming = new CountDownLatch(1);
    private final ExecutorService clients = Executors.newFixedThreadPool(PUBLISHERS + CONSUMERS);
    private final List<Future<?>> running = new ArrayList<>();
    /** Where the broker is; not known while it is dead. */
    private volatile CompletableFuture<URI> server;

    /** Begins on the broker at {@code http}, in a queue of this durability. */
    CrashLoad(URI http, String durability) throws IOException, InterruptedException {
        server = CompletableFuture.completedFuture(http);
        new HttpQueue(http, QUEUE).create("{\"durability\":\"" + durability + "\"}");
        for (int i = 0; i < PUBLISHERS; i++) {
            int id = i;
            running.add(clients.submit(() -> publish(id)));
        }
        for (int i = 0; i < CONSUMERS; i++) {
            running.add(clients.submit(this::consume));
        }
    }

    /** What it was told so far; goes on meanwhile. */
    DeliveryHistory history() {
        return history;
    }

    /** Lets the load go on for a while. */
    void run(long millis) throws InterruptedException {
        stopConsuming.await(millis, TimeUnit.MILLISECONDS);
    }

    /** The broker is about to die. */
    void down() {
        server = new CompletableFuture<>();
    }

    /** The broker is back. */
    void up(URI http) {
        server.complete(http);
    }

    /** Publishes no more and waits until everything is consumed; returns what was seen. */
    DeliveryHistory finish() throws Exception {
        stopPublishing.countDown();
        drain();
        stopConsuming.countDown();
        for (Future<?> each : running) {
            each.get(5, TimeUnit.MINUTES);
        }
        return history;
    }

    @Override
    public void close() {
        stopPublishing.countDown();
        stopConsuming.countDown();
        clients.shutdownNow();
    }

    private void publish(int publisher) {
        HttpQueue queue = new HttpQueue(server.join(), QUEUE);
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
                // The broker died: these may be there or not.
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void consume() {
        HttpQueue queue = new HttpQueue(server.join(), QUEUE);
        while (stopConsuming.getCount() > 0) {
            queue.server(server.join());
            try {
                List<HttpQueue.Message> messages = queue.receive(20, 500, LEASE_MILLIS);
                messages.forEach(history::onDelivery);
                if (!messages.isEmpty()) {
                    queue.acknowledge(messages).forEach(history::onAcknowledge);
                }
            } catch (IOException e) {
                // The broker died: what was not confirmed may come back.
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** Waits until the consumers have had everything; leases of messages that a death cut off run out meanwhile. */
    private void drain() throws IOException, InterruptedException {
        HttpQueue queue = new HttpQueue(server.join(), QUEUE);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(DRAIN_SECONDS_MAX);
        while (queue.count("ready") + queue.count("leased") > 0) {
            assertThat(System.nanoTime()).as("drained in time").isLessThan(end);
            stopConsuming.await(100, TimeUnit.MILLISECONDS);
        }
    }
}
