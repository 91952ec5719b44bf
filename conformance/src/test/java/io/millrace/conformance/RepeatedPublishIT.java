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
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A publisher whose broker is killed with SIGKILL again and again sends what was not confirmed once more, and what was
 * confirmed last as well, with the same deduplication ids: all of it is stored, and once.
 */
class RepeatedPublishIT {
    private static final int KILLS = 5;
    private static final int MOST_REQUESTS = 40;
    private static final int REQUEST_MESSAGES = 20;

    @TempDir
    Path folder;

    /** Where the broker is; not known while it is dead. */
    private volatile CompletableFuture<URI> server = new CompletableFuture<>();

    private final CountDownLatch stop = new CountDownLatch(1);
    /** One for each request that was confirmed; the broker is killed after some, in the middle of the next. */
    private final Semaphore confirms = new Semaphore(0);

    private final List<String> confirmed = new ArrayList<>();

    @Test
    void whatIsPublishedAgainWithItsIdIsStoredOnce() throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        ServerProcess process = CrashIT.start(folder);
        try {
            new HttpQueue(process.http(), "q").create();
            server.complete(process.http());
            CompletableFuture<Void> publishing = CompletableFuture.runAsync(this::publish)
                    .whenComplete((done, e) -> confirms.release(KILLS * MOST_REQUESTS));
            for (int kill = 0; kill < KILLS; kill++) {
                confirms.acquire(1 + random.nextInt(MOST_REQUESTS));
                server = new CompletableFuture<>();
                process.kill();
                process = CrashIT.start(folder);
                server.complete(process.http());
            }
            stop.countDown();
            publishing.get(5, TimeUnit.MINUTES);

            assertThat(confirmed).as("seed %d", seed).hasSizeGreaterThanOrEqualTo(KILLS * REQUEST_MESSAGES);
            assertThat(consumed(process.http())).as("seed %d", seed).containsExactlyElementsOf(confirmed);
        } finally {
            process.close();
        }
    }

    private void publish() {
        HttpQueue queue = new HttpQueue(server.join(), "q");
        List<String> last = List.of();
        for (int request = 0; stop.getCount() > 0; request++) {
            List<String> bodies = new ArrayList<>();
            for (int i = 0; i < REQUEST_MESSAGES; i++) {
                bodies.add("message " + request + "-" + i);
            }
            boolean isDone = false;
            while (!isDone) {
                queue.server(server.join());
                try {
                    queue.publishOnce(bodies);
                    isDone = true;
                } catch (IOException e) {
                    repeat(queue, last);
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
            confirmed.addAll(bodies);
            last = bodies;
            confirms.release();
        }
    }

    /** The broker died: what it confirmed before, it still knows. */
    private void repeat(HttpQueue queue, List<String> last) {
        try {
            queue.server(server.join());
            assertThat(last.isEmpty() ? 0 : queue.publishOnce(last)).isEqualTo(last.size());
        } catch (IOException e) {
            // It dies once more; the next attempt says so again.
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<String> consumed(URI http) throws IOException, InterruptedException {
        HttpQueue queue = new HttpQueue(http, "q");
        List<String> bodies = new ArrayList<>();
        for (List<HttpQueue.Message> each = queue.receive(500, 0, 60_000);
                !each.isEmpty();
                each = queue.receive(500, 0, 60_000)) {
            each.forEach(message -> bodies.add(message.body()));
        }
        return bodies;
    }
}
