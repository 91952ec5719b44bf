package io.millrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Brokers on a cluster of BookKeeper: they keep nothing to themselves, and one of them serves at a time. */
class BookKeeperIT {
    private static final List<String> SMALL = List.of("-Xmx256m");
    private static final Duration WAIT_MAX = Duration.ofMinutes(5);

    @RegisterExtension
    static final BookKeeperCluster CLUSTER = new BookKeeperCluster();

    @TempDir
    Path folder;

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @Test
    void whatAKilledBrokerHadAnotherOneFindsWithoutItsDirectory() throws Exception {
        List<String> store = CLUSTER.newStore();
        Set<String> left = new HashSet<>();
        try (ServerProcess first = start("first", store)) {
            HttpQueue queue = new HttpQueue(first.http(), "work");
            queue.create();
            for (int i = 0; i < 10; i++) {
                List<String> bodies = bodies("message " + i + "-", 30);
                queue.publish(bodies);
                left.addAll(bodies);
            }
            List<HttpQueue.Message> received = queue.receive(60, 0, 1000);
            queue.acknowledge(received.subList(0, 40)).forEach(each -> left.remove(each.body()));
            assertThat(left).hasSize(260);
            assertThat(put(first.http(), "/v1/users/boss", "{\"password\":\"secret\",\"administrator\":true}"))
                    .isBetween(200, 201);
            first.kill();
        }
        try (ServerProcess second = start("second", store)) {
            HttpQueue queue = new HttpQueue(second.http(), "work");
            assertThatThrownBy(() -> queue.count("nextOffset")).hasMessageContaining("401");
            queue.user("boss", "secret");
            assertThat(queue.count("nextOffset")).isEqualTo(300);
            assertThat(drain(queue, 260)).containsExactlyInAnyOrderElementsOf(left);
            assertThat(folder.resolve("second/data").toFile().list()).containsExactlyInAnyOrder("lock", "seal.key");
        }
    }

    @Test
    void ofTwoBrokersOnOneStoreTheLaterOneConfirmsAndTheOtherOneNeverAgain() throws Exception {
        List<String> store = CLUSTER.newStore();
        Set<String> confirmed = Collections.synchronizedSet(new HashSet<>());
        try (ServerProcess first = start("first", store)) {
            new HttpQueue(first.http(), "work").create();
            List<CompletableFuture<Void>> publishing = IntStream.range(0, 4)
                    .mapToObj(number ->
                            CompletableFuture.runAsync(() -> publishUntilRefused(first.http(), number, confirmed)))
                    .toList();
            await().atMost(WAIT_MAX).until(() -> confirmed.size() > 200);
            try (ServerProcess second = start("second", store)) {
                publishing.forEach(CompletableFuture::join);
                int before = confirmed.size();
                assertThatThrownBy(() -> new HttpQueue(first.http(), "work").publish(List.of("too late")))
                        .isInstanceOf(IOException.class);
                await().atMost(WAIT_MAX)
                        .until(() -> get(first.http(), "/health/ready").contains("has lost its store"));
                assertThat(get(first.http(), "/v1/queues")).contains("not-ready", "has lost its store");
                assertThat(first.log()).contains("lost its store on BookKeeper and confirms nothing any more");

                assertThat(get(second.http(), "/health/ready")).contains("\"ready\":true");
                HttpQueue queue = new HttpQueue(second.http(), "work");
                queue.publish(List.of("of the second"));
                confirmed.add("of the second");
                assertThat(confirmed).hasSize(before + 1);
                assertThat(drain(queue, confirmed.size()))
                        .containsAll(confirmed)
                        .doesNotContain("too late");
            }
        }
    }

    @Test
    void ofTwoBrokersThatStartTogetherOneConfirms() throws Exception {
        List<String> store = CLUSTER.newStore();
        List<CompletableFuture<ServerProcess>> starting = new ArrayList<>();
        for (String name : List.of("first", "second")) {
            starting.add(CompletableFuture.supplyAsync(() -> startUnchecked(name, store)));
        }
        List<ServerProcess> started = new ArrayList<>();
        for (CompletableFuture<ServerProcess> each : starting) {
            try {
                started.add(each.join());
            } catch (CompletionException e) {
                assertThat(e).hasMessageContaining("the broker ended at its start");
            }
        }
        int confirming = 0;
        for (ServerProcess each : started) {
            try {
                HttpQueue queue = new HttpQueue(each.http(), "work");
                queue.create();
                queue.publish(List.of("mine"));
                confirming++;
            } catch (IOException e) {
                assertThat(e).hasMessageMatching("(?s).*: (500|503) .*");
            }
        }
        started.forEach(ServerProcess::close);
        assertThat(confirming).isEqualTo(1);
    }

    /** Ledgers are small here: the engine has to write checkpoints for old ones to go, and to start from one. */
    @Test
    void oldLedgersGoAndAStartFindsWhatLives() throws Exception {
        List<String> store = new ArrayList<>(CLUSTER.newStore());
        store.addAll(List.of("--set", "storage.shards=2", "--set", "storage.journal.bytes=2MiB"));
        store.addAll(List.of("--set", "storage.bookkeeper.ledger-bytes=1MiB"));
        Set<String> left = new HashSet<>();
        try (ServerProcess server = start("first", store)) {
            HttpQueue fast = new HttpQueue(server.http(), "fast");
            HttpQueue slow = new HttpQueue(server.http(), "slow");
            fast.create();
            slow.create();
            String padding = "x".repeat(4000);
            for (int i = 0; i < 60; i++) {
                fast.publish(bodies(padding + " fast " + i + "-", 50));
                fast.acknowledge(fast.receive(50, 0, 60_000));
                List<String> bodies = bodies(padding + " slow " + i + "-", 5);
                slow.publish(bodies);
                left.addAll(bodies);
            }
            await().atMost(WAIT_MAX)
                    .until(() -> metric(server, "millrace_journal_size_bytes") < (6 << 20)
                            && metric(server, "millrace_bookkeeper_deleted_ledgers_total") > 5);
            assertThat(metric(server, "millrace_journal_written_bytes_total")).isGreaterThan(12 << 20);
            server.kill();
        }
        try (ServerProcess server = start("second", store)) {
            HttpQueue fast = new HttpQueue(server.http(), "fast");
            assertThat(fast.receive(10, 0, 1000)).isEmpty();
            assertThat(fast.count("nextOffset")).isEqualTo(3000);
            // What lives is adopted now, or moved: most of the log is alive.
            HttpQueue slow = new HttpQueue(server.http(), "slow");
            String padding = "y".repeat(4000);
            for (int i = 0; i < 40; i++) {
                List<String> bodies = bodies(padding + " slow " + i + "-", 50);
                slow.publish(bodies);
                left.addAll(bodies);
            }
            await().atMost(WAIT_MAX).until(() -> metric(server, "millrace_journal_size_bytes") < (6 << 20));
            server.kill();
        }
        try (ServerProcess server = start("third", store)) {
            assertThat(metric(server, "millrace_journal_size_bytes")).isLessThan(6 << 20);
            assertThat(drain(new HttpQueue(server.http(), "slow"), left.size()))
                    .containsExactlyInAnyOrderElementsOf(left);
        }
    }

    @Test
    void theDemoAccountsForEveryMessage() throws Exception {
        FinishedProcess demo = FinishedProcess.millrace(
                folder,
                "",
                "demo",
                "--files",
                "300",
                "--workers",
                "2",
                "--folder",
                "/usr/share",
                "--storage",
                "bookkeeper",
                "--zookeeper",
                CLUSTER.zooKeeper());
        assertThat(demo.status()).as(demo.output()).isZero();
        assertThat(demo.output()).contains("Nothing was lost");
        System.out.println(demo.output());
    }

    /** It has the store's classes and libraries beside those of the server, from where they are loaded. */
    @Test
    void theArchiveHasAllThatItTakes() throws Exception {
        Path launcher = ArchiveIT.unpack(folder);
        List<String> arguments = new ArrayList<>(List.of("serve", "--free-ports", "--end-with-input"));
        arguments.addAll(CLUSTER.newStore());
        FinishedProcess served = ArchiveIT.run(folder, launcher, "", arguments.toArray(new String[0]));

        assertThat(served.status()).as(served.output()).isZero();
        assertThat(served.output())
                .contains("data on BookKeeper", "Ready.", "standard input has ended")
                .doesNotContain("ERROR");
        String[] jars = launcher.resolveSibling("lib").toFile().list();
        assertThat(jars).contains("bookkeeper").noneMatch(each -> each.contains("zookeeper"));
    }

    @Test
    void aStoreOfItsOwnIsNotPassedOver() throws Exception {
        try (ServerProcess local = ServerProcess.start(folder, SMALL)) {
            assertThat(local.terminate()).isZero();
        }
        List<String> arguments = new ArrayList<>(
                List.of("serve", "--data", folder.resolve("data").toString(), "--free-ports"));
        arguments.addAll(CLUSTER.newStore());
        FinishedProcess refused = FinishedProcess.millrace(folder, "", arguments.toArray(new String[0]));

        assertThat(refused.status()).as(refused.output()).isEqualTo(1);
        assertThat(refused.output()).contains("holds a store of its own, which a broker on BookKeeper would not serve");
    }

    private ServerProcess start(String name, List<String> store) throws IOException {
        Path own = Files.createDirectories(folder.resolve(name));
        return ServerProcess.start(own, SMALL, store.toArray(new String[0]));
    }

    private ServerProcess startUnchecked(String name, List<String> store) {
        try {
            return start(name, store);
        } catch (IOException e) {
            throw new CompletionException(e);
        }
    }

    private static void publishUntilRefused(URI server, int number, Set<String> confirmed) {
        HttpQueue queue = new HttpQueue(server, "work");
        for (int i = 0; ; i++) {
            String body = number + "-" + i;
            try {
                queue.publish(List.of(body));
            } catch (IOException e) {
                return;
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            confirmed.add(body);
        }
    }

    private static List<String> bodies(String prefix, int count) {
        return IntStream.range(0, count).mapToObj(i -> prefix + i).toList();
    }

    /** Receives and acknowledges until nothing comes for a while that is longer than any lease of these tests. */
    private static List<String> drain(HttpQueue queue, int expected) throws IOException, InterruptedException {
        List<String> bodies = new ArrayList<>();
        List<HttpQueue.Message> received = queue.receive(100, 2000, 30_000);
        while (!received.isEmpty()) {
            received.forEach(each -> bodies.add(each.body()));
            queue.acknowledge(received);
            received = queue.receive(100, bodies.size() < expected ? 5000 : 0, 30_000);
        }
        return bodies;
    }

    private double metric(ServerProcess server, String name) throws IOException, InterruptedException {
        return get(server.http(), "/metrics")
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow();
    }

    private String get(URI server, String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(server.resolve(path)).build();
        return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }

    private int put(URI server, String path, String body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(server.resolve(path))
                .header("Content-Type", "application/json")
                .PUT(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString()).statusCode();
    }
}
