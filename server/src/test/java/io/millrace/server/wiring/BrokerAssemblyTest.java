package io.millrace.server.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.api.NettyLoop;
import io.millrace.base.Clock;
import io.millrace.broker.Broker;
import io.millrace.broker.security.HashingCost;
import io.millrace.broker.security.PasswordVerifiers;
import io.millrace.server.config.ConfigurationException;
import io.millrace.server.config.HostPort;
import io.millrace.server.config.Settings;
import io.millrace.server.config.SettingsLoader;
import io.millrace.server.logging.LogFormat;
import io.millrace.server.logging.Logging;
import io.millrace.server.process.DirectoryLock;
import io.millrace.server.process.RunningBroker;
import io.millrace.server.process.StartException;
import io.millrace.testkit.TestCertificate;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.event.Level;

/** What the configuration says of a door is what the door does. */
class BrokerAssemblyTest {
    @TempDir
    Path directory;

    @Test
    void aDoorTellsClientsToConnectWhereItIsAdvertised() throws Exception {
        assertThat(document("doors.http.port=0")).contains("servers:\n  - url: /\n");
        assertThat(document("doors.http.port=0", "doors.http.advertise=mq.example:443"))
                .contains("servers:\n  - url: http://mq.example:443\n");
    }

    @Test
    void aDoorListensAtItsHost() throws Exception {
        with(broker -> assertThat(broker.doors().get("http").host()).isEqualTo("::1"), "doors.http.host=::1");
        with(
                broker -> assertThat(broker.doors().get("http").host()).isEqualTo("127.0.0.3"),
                "doors.http.host=127.0.0.3");
    }

    @Test
    void aDoorWithACertificateSpeaksTlsOnly() throws Exception {
        TestCertificate tls = TestCertificate.make(directory);
        Path chain = tls.writeChain(directory.resolve("chain.pem"));
        Path key = tls.writeKey(directory.resolve("key.pem"));
        with(
                broker -> {
                    HostPort door = broker.doors().get("http");
                    HttpClient client = HttpClient.newBuilder()
                            .version(HttpClient.Version.HTTP_1_1)
                            .sslContext(tls.trusting())
                            .build();

                    assertThat(get(client, "https://localhost:" + door.port() + "/v1/openapi.yaml"))
                            .contains("servers:\n  - url: https://mq.example:443\n");
                    assertThatThrownBy(() -> get(client, "http://localhost:" + door.port() + "/health/live"))
                            .isInstanceOf(IOException.class);
                },
                "doors.http.tls.certificate=" + chain,
                "doors.http.tls.key=" + key,
                "doors.http.advertise=mq.example:443");
    }

    @Test
    void aCertificateThatIsMissingOrBrokenStopsTheStartByName() throws Exception {
        TestCertificate tls = TestCertificate.make(directory);
        Path key = tls.writeKey(directory.resolve("key.pem"));
        for (Path broken : new Path[] {directory.resolve("no.pem"), key}) {
            assertThatThrownBy(() ->
                            with(broker -> {}, "doors.http.tls.certificate=" + broken, "doors.http.tls.key=" + key))
                    .isInstanceOf(StartException.class)
                    .hasMessageStartingWith("door http cannot speak TLS: certificate " + broken)
                    .hasMessageContainingAll("doors.http.tls.certificate", "doors.http.tls.key");
        }
    }

    @Test
    void passwordsAreHashedAsRecommended() throws Exception {
        with(broker -> putUser("http://" + broker.doors().get("http")));

        EventLoopGroup loops = NettyLoop.newGroup(1);
        try (var lock = DirectoryLock.take(settings().dataDirectory(), Clock.SYSTEM)) {
            assertThat(lock).isNotNull();
            Broker broker = BrokerAssembly.openBroker(settings(), loops);
            broker.started().orTimeout(1, TimeUnit.MINUTES).join();
            PasswordVerifiers verifiers =
                    broker.catalog().snapshot().users().get("ada").password();
            broker.beginClose().orTimeout(1, TimeUnit.MINUTES).join();
            broker.close(0);

            assertThat(verifiers.pbkdf2().iterations()).isEqualTo(HashingCost.RECOMMENDED.pbkdf2Iterations());
            assertThat(verifiers.scramSha256().iterations()).isEqualTo(HashingCost.RECOMMENDED.scramSha256Iterations());
            assertThat(verifiers.scramSha512().iterations()).isEqualTo(HashingCost.RECOMMENDED.scramSha512Iterations());
        } finally {
            loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }

    private static void putUser(String url) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/v1/users/ada"))
                .header("Content-Type", "application/json")
                .PUT(HttpRequest.BodyPublishers.ofString("{\"administrator\":true,\"password\":\"secret\"}"))
                .build();
        HttpResponse<String> answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }

    private interface Check {
        void accept(RunningBroker broker) throws Exception;
    }

    private String document(String... assignments) throws Exception {
        var text = new StringBuilder();
        with(
                broker -> text.append(get(
                        HttpClient.newBuilder()
                                .version(HttpClient.Version.HTTP_1_1)
                                .build(),
                        "http://" + broker.doors().get("http") + "/v1/openapi.yaml")),
                assignments);
        return text.toString();
    }

    private static String get(HttpClient client, String url) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url)).build();
        return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }

    /** Runs a broker with these settings, on a free port. */
    private void with(Check check, String... assignments) throws Exception {
        Settings settings = settings(assignments);
        try (var logging = Logging.start(LogFormat.TEXT, Level.ERROR, OutputStream.nullOutputStream());
                var lock = DirectoryLock.take(settings.dataDirectory(), Clock.SYSTEM);
                RunningBroker broker = new BrokerAssembly().start(settings, logging.levels())) {
            assertThat(lock).isNotNull();
            check.accept(broker);
        }
    }

    private Settings settings(String... assignments) throws ConfigurationException {
        var loader = new SettingsLoader(Map.of(), 1L << 30)
                .dataDirectory(directory.resolve("data").toString())
                .set("doors.http.port=0")
                .set("storage.shards=2")
                .set("storage.journal.file-bytes=1MiB");
        for (String each : assignments) {
            loader.set(each);
        }
        return loader.load();
    }
}
