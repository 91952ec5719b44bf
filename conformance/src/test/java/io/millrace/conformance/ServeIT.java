package io.millrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A broker process from its start to its end, as an operator sees it. */
class ServeIT {
    private static final List<String> SMALL = List.of("-Xmx256m");
    private static final int PUBLISHERS = 4;

    @TempDir
    Path folder;

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /** Publishers that go on until they are refused, and a receive that waits, in the moment of SIGTERM. */
    @Test
    void sigtermAnswersWhatIsUnderWayAndLosesNoConfirm() throws Exception {
        List<String> confirmed = new ArrayList<>();
        long nanos;
        try (ServerProcess server = ServerProcess.start(folder, SMALL)) {
            new HttpQueue(server.http(), "work").create();
            HttpQueue idle = new HttpQueue(server.http(), "idle");
            idle.create();
            var waiting = CompletableFuture.supplyAsync(() -> receive(server.http()));
            List<CompletableFuture<List<String>>> publishing = new ArrayList<>();
            for (int i = 0; i < PUBLISHERS; i++) {
                int number = i;
                publishing.add(CompletableFuture.supplyAsync(() -> publishUntilRefused(server.http(), number)));
            }
            await().atMost(Duration.ofMinutes(5))
                    .until(() -> idle.count("waitingReceives") == 1
                            && new HttpQueue(server.http(), "work").count("published") > 500);
            long startNanos = System.nanoTime();
            assertThat(server.terminate()).as(server.log()).isZero();
            nanos = System.nanoTime() - startNanos;

            assertThat(server.log()).doesNotContain("the end was not orderly");
            assertThat(waiting.get(5, TimeUnit.MINUTES)).isEqualTo("200 {\"messages\":[]}");
            for (CompletableFuture<List<String>> each : publishing) {
                confirmed.addAll(each.get(5, TimeUnit.MINUTES));
            }
        }
        try (ServerProcess server = ServerProcess.start(folder, SMALL)) {
            assertThat(drain(new HttpQueue(server.http(), "work"))).containsAll(confirmed);
        }
        System.out.printf(
                "orderly end: %d ms under load, %d messages confirmed before it, none missing%n",
                TimeUnit.NANOSECONDS.toMillis(nanos), confirmed.size());
    }

    private String receive(URI server) {
        HttpResponse<String> answer = send(server, "POST", "/v1/queues/idle/receive", "{\"waitMillis\":60000}", "")
                .join();
        return answer.statusCode() + " " + answer.body();
    }

    private static List<String> publishUntilRefused(URI server, int number) {
        List<String> confirmed = new ArrayList<>();
        HttpQueue queue = new HttpQueue(server, "work");
        while (true) {
            String body = number + "-" + confirmed.size();
            try {
                queue.publish(List.of(body));
            } catch (IOException e) {
                return confirmed;
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            confirmed.add(body);
        }
    }

    private static List<String> drain(HttpQueue queue) throws IOException, InterruptedException {
        List<String> bodies = new ArrayList<>();
        List<HttpQueue.Message> received = queue.receive(1_000, 0, 30_000);
        while (!received.isEmpty()) {
            received.forEach(each -> bodies.add(each.body()));
            queue.acknowledge(received);
            received = queue.receive(1_000, 0, 30_000);
        }
        return bodies;
    }

    /** The levels that an operator can reach while the broker runs, with everything that a secret travels in. */
    @Test
    void theLogChangesItsLevelWhileRunningAndHoldsNoSecret() throws Exception {
        user("boss", "right-password");
        try (ServerProcess server = ServerProcess.start(folder, SMALL, "--set", "log.format=json")) {
            URI at = server.http();
            String good = basic("boss", "right-password");
            assertThat(level(at, good, "io.millrace", "trace")).isEqualTo(200);
            assertThat(level(at, good, "ROOT", "trace")).isEqualTo(400);
            assertThat(level(at, good, "ROOT", "debug")).isEqualTo(200);
            assertThat(status(at, "GET", "/v1/queues", "", basic("boss", "wrong-password")))
                    .isEqualTo(401);
            assertThat(status(at, "GET", "/v1/queues", "", "Basic not-base64-secret"))
                    .isEqualTo(401);
            assertThat(status(at, "PUT", "/v1/users/ada", "{\"password\":\"new-password\"}", good))
                    .isBetween(200, 201);
            assertThat(status(at, "PUT", "/v1/users/ada", "{\"password\":\"broken-password\"", good))
                    .isEqualTo(400);
            String key = send(at, "POST", "/v1/users/ada/access-keys", "", good)
                    .get()
                    .body();
            String secret = key.replaceFirst(".*\"secret\":\"([^\"]+)\".*", "$1");
            assertThat(secret).hasSizeBetween(20, 100);
            assertThat(status(at, "GET", "/v1/queues?secret=query-password", "", good))
                    .isEqualTo(400);
            assertThat(level(at, good, "io.millrace.server.process", "warn")).isEqualTo(200);
            server.terminate();

            assertThat(server.log()).doesNotContain("ending in order");
            assertThat(server.log()).doesNotContain(secret, "-password", "not-base64-secret");
            for (String header : List.of(good, basic("boss", "wrong-password"))) {
                assertThat(server.log()).doesNotContain(header.substring("Basic ".length()));
            }
        }
    }

    /** What the refusal says is what helps. */
    @Test
    void whereOthersReachItAUserIsNeededFirst() throws Exception {
        String data = folder.resolve("data").toString();
        String[] serve = {
            "serve",
            "--data",
            data,
            "--set",
            "doors.http.host=0.0.0.0",
            "--set",
            "doors.http.port=0",
            "--end-with-input"
        };
        FinishedProcess refused = FinishedProcess.millrace(folder, "", serve);
        assertThat(refused.status()).as(refused.output()).isEqualTo(1);
        assertThat(refused.output())
                .contains("door http would listen on 0.0.0.0", "user set NAME --password-stdin --data " + data);

        user("boss", "right-password");
        FinishedProcess started = FinishedProcess.millrace(folder, "", serve);
        assertThat(started.status()).as(started.output()).isZero();
        assertThat(started.output()).containsPattern("http +0\\.0\\.0\\.0:[0-9]+\n");
    }

    private void user(String name, String password) throws IOException, InterruptedException {
        FinishedProcess set = FinishedProcess.millrace(
                folder,
                password + "\n",
                "user",
                "set",
                name,
                "--password-stdin",
                "--data",
                folder.resolve("data").toString());
        assertThat(set.status()).as(set.output()).isZero();
        assertThat(set.output()).contains("administrator    yes");
    }

    private static String basic(String user, String password) {
        String pair = user + ":" + password;
        return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    }

    private int level(URI server, String authorization, String logger, String level)
            throws ExecutionException, InterruptedException {
        String body = "{\"logger\":\"" + logger + "\",\"level\":\"" + level + "\"}";
        return status(server, "PUT", "/v1/log-level", body, authorization);
    }

    private int status(URI server, String method, String path, String body, String authorization)
            throws ExecutionException, InterruptedException {
        return send(server, method, path, body, authorization).get().statusCode();
    }

    private CompletableFuture<HttpResponse<String>> send(
            URI server, String method, String path, String body, String authorization) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(server.resolve(path)).method(method, HttpRequest.BodyPublishers.ofString(body));
        if (!body.isEmpty()) {
            request.header("Content-Type", "application/json");
        }
        if (!authorization.isEmpty()) {
            request.header("Authorization", authorization);
        }
        return client.sendAsync(request.build(), HttpResponse.BodyHandlers.ofString());
    }
}
