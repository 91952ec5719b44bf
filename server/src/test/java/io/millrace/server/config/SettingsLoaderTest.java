package io.millrace.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.server.logging.LogFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.event.Level;

/** Settings come from four sources with a fixed precedence, and nothing that a user wrote is silently ignored. */
class SettingsLoaderTest {
    private static final long HEAP_BYTES = 4L << 30;

    @TempDir
    Path directory;

    @Test
    void theDefaultsAreAWorkingConfiguration() throws Exception {
        Settings settings = load(Map.of());

        assertThat(settings.dataDirectory()).isEqualTo(Path.of("millrace-data"));
        assertThat(settings.doors())
                .containsExactly(Map.entry(
                        "http", new DoorSettings("http", true, "127.0.0.1", 8080, Optional.empty(), Optional.empty())));
        assertThat(settings.limits())
                .isEqualTo(new Settings.Limits(
                        10_000,
                        24 << 20,
                        256 << 20,
                        16 << 20,
                        1000,
                        8 << 20,
                        Duration.ofSeconds(60),
                        Duration.ofHours(12),
                        64 << 20,
                        1_000_000,
                        1000));
        assertThat(settings.queues().lease()).isEqualTo(Duration.ofSeconds(30));
        assertThat(settings.sealKeyFile()).isEqualTo(Path.of("millrace-data", "seal.key"));
        assertThat(settings.storage())
                .isEqualTo(new Settings.Storage(
                        StorageKind.LOCAL,
                        16,
                        64 << 20,
                        256L << 20,
                        1,
                        Long.MAX_VALUE,
                        320 << 20,
                        64 << 20,
                        4 << 20,
                        Duration.ofDays(7),
                        Optional.empty(),
                        new Settings.BookKeeper(
                                Optional.empty(),
                                "/millrace",
                                "/ledgers",
                                3,
                                3,
                                2,
                                32 << 20,
                                Duration.ofSeconds(5),
                                Duration.ofSeconds(60))));
        assertThat(settings.log()).isEqualTo(new Settings.Log(LogFormat.TEXT, Level.INFO));
        assertThat(settings.shutdownTimeout()).isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void flagsSayWhereItIsStored() throws Exception {
        Settings settings = loader(Map.of())
                .storage("bookkeeper")
                .zooKeeper("a:2181,[::1]:2182")
                .load();

        assertThat(settings.storage().kind()).isEqualTo(StorageKind.BOOKKEEPER);
        assertThat(settings.storage().bookKeeper().zooKeeper()).contains("a:2181,[::1]:2182");
        assertThatThrownBy(() -> loader(Map.of()).zooKeeper("a:2181,b").load())
                .hasMessageContaining("--zookeeper: storage.bookkeeper.zookeeper: 'b' is not host:port");
        assertThatThrownBy(() -> loader(Map.of()).storage("cloud").load())
                .hasMessageContaining("--storage: storage.kind: 'cloud' is not one of local, bookkeeper");
    }

    @Test
    void aLaterSourceWinsOverAnEarlierOne() throws Exception {
        Path file = yaml("doors:\n  http:\n    port: 1\nlog:\n  level: warn\nstorage:\n  shards: 4\n");
        Map<String, String> environment = Map.of("MILLRACE_DOORS_HTTP_PORT", "2", "MILLRACE_LOG_LEVEL", "error");

        Settings settings =
                loader(environment).file(file).set("doors.http.port=3").load();

        assertThat(settings.doors().get("http").port()).isEqualTo(3);
        assertThat(settings.log().level()).isEqualTo(Level.ERROR);
        assertThat(settings.storage().shards()).isEqualTo(4);
        assertThat(settings.limits().connections()).isEqualTo(10_000);
    }

    /** Eight files of 2 MiB, 16 KiB for each shard, and what may wait for the disk: less could not be worked with. */
    @Test
    void aBudgetThatTheStoreAloneExceedsIsRefused() throws Exception {
        SettingsLoader loader = loader(Map.of())
                .set("storage.journal.file-bytes=2MiB")
                .set("storage.journal.bytes=4MiB")
                .set("storage.journal.spare-files=2")
                .set("limits.message-bytes=1MiB")
                .set("limits.unsynced-bytes=1MiB");
        assertThat(loader.set("storage.bytes-max=17664KiB").load().storage().bytesMax())
                .isEqualTo(17664L << 10);

        assertThatThrownBy(() -> loader.set("storage.bytes-max=17663KiB").load())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("storage.bytes-max (17663KiB) is too little: with storage.journal.bytes (4MiB),"
                        + " storage.journal.file-bytes (2MiB), storage.journal.spare-files (2), storage.shards (16) and"
                        + " limits.unsynced-bytes (1MiB) the least is 17664KiB");
    }

    @Test
    void whatStaysFreeFollowsTheJournalUnlessItIsSet() throws Exception {
        SettingsLoader loader =
                loader(Map.of()).set("storage.journal.file-bytes=1MiB").set("limits.unsynced-bytes=3MiB");
        assertThat(loader.load().storage().freeBytesMin()).isEqualTo(7 << 20);
        assertThat(loader.set("storage.free-bytes-min=0B").load().storage().freeBytesMin())
                .isZero();
    }

    @Test
    void theLaterOfTwoFlagsWins() throws Exception {
        Settings settings = loader(Map.of())
                .set("storage.shards=2")
                .set("storage.shards=3")
                .dataDirectory("/a")
                .set("data.directory=/b=c")
                .load();

        assertThat(settings.storage().shards()).isEqualTo(3);
        assertThat(settings.dataDirectory()).isEqualTo(Path.of("/b=c"));
    }

    @Test
    void everyKindOfValueIsRead() throws Exception {
        Settings settings = load(
                Map.of(),
                "doors.http.enabled=true",
                "doors.http.host=::1",
                "doors.http.advertise=broker.example:443",
                "doors.http.tls.certificate=/etc/chain.pem",
                "doors.http.tls.key=/etc/key.pem",
                "limits.wait=0ms",
                "limits.message-bytes=64KiB",
                "log.format=json");

        DoorSettings http = settings.doors().get("http");
        assertThat(http.host()).isEqualTo("::1");
        assertThat(http.advertise()).contains(new HostPort("broker.example", 443));
        assertThat(http.tls()).contains(new DoorSettings.TlsFiles(Path.of("/etc/chain.pem"), Path.of("/etc/key.pem")));
        assertThat(settings.limits().waitMax()).isEqualTo(Duration.ZERO);
        assertThat(settings.limits().messageBytes()).isEqualTo(64 << 10);
        assertThat(settings.log().format()).isEqualTo(LogFormat.JSON);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "doors.http.prot=1 | --set: there is no key 'doors.http.prot'; did you mean 'doors.http.port'?",
                "http.port=1 | --set: there is no key 'http.port'; did you mean 'doors.http.port'?",
                "doors.amqp.port=1 | --set: there is no key 'doors.amqp.port'; did you mean 'doors.http.port'?",
                "frobnicate=1 | --set: there is no key 'frobnicate'",
                "doors.http=1 | --set: 'doors.http' holds keys, not a value; one of them is 'doors.http.enabled'",
                "doors.http.port=x | --set: doors.http.port: 'x' is not a whole number from 0 to 65535",
                "doors.http.port=65536 | --set: doors.http.port: '65536' is not between 0 and 65535",
                "doors.http.enabled=yes | --set: doors.http.enabled: 'yes' is not true or false",
                "doors.http.host=a b | --set: doors.http.host: 'a b' is not a host name or an IP address",
                "log.level=loud | --set: log.level: 'loud' is not one of error, warn, info, debug, trace",
                "limits.wait=2h | --set: limits.wait: '2h' is outside 0ms to 1h",
                "limits.message-bytes=0B | --set: limits.message-bytes: '0B' is outside 1B to 16MiB",
                "storage.shards= | --set: storage.shards has no value (number, 1 to 1024)",
                "storage.journal.spare-files=0 | --set: storage.journal.spare-files: '0' is not between 1 and 64",
                "storage.journal.file-bytes=1025KiB | --set: storage.journal.file-bytes: '1025KiB' is not a "
                        + "multiple of 4KiB",
                "storage.shards | --set: 'storage.shards' is not KEY=VALUE",
                "limits.message-bytes=1 | --set: limits.message-bytes: '1' has no unit; write for "
                        + "example 1B, 1KiB, 1MiB",
            })
    void whatCannotBeUsedIsRefusedWithItsReason(String assignment, String problem) {
        assertThatThrownBy(() -> load(Map.of(), assignment))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(problem);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "limits.request-bytes=8MiB | limits.message-bytes (16MiB) is more than limits.request-bytes (8MiB)",
                "limits.requests-bytes-total=1MiB | limits.request-bytes (24MiB) is more than "
                        + "limits.requests-bytes-total (1MiB)",
                "limits.lease-max=10s | queues.lease (30s) is more than limits.lease-max (10s)",
                "storage.bookkeeper.write-quorum=4 | storage.bookkeeper.write-quorum (4) is more than "
                        + "storage.bookkeeper.ensemble (3)",
                "storage.bookkeeper.write-quorum=1 | storage.bookkeeper.ack-quorum (2) is more than "
                        + "storage.bookkeeper.write-quorum (1)",
                "storage.kind=bookkeeper | storage.kind is bookkeeper, but storage.bookkeeper.zookeeper does not say "
                        + "where its ZooKeeper is (flag --zookeeper)",
                "doors.http.enabled=false | no door is enabled, so nobody could connect; enable one "
                        + "with doors.<name>.enabled",
                "doors.http.tls.key=/k | doors.http.tls.certificate and doors.http.tls.key belong "
                        + "together; only one of them is set",
            })
    void settingsThatContradictEachOtherAreRefused(String assignment, String problem) {
        assertThatThrownBy(() -> load(Map.of(), assignment))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(problem);
    }

    @Test
    void allProblemsAreToldAtOnceWithTheirPlaces() throws Exception {
        Path file = yaml("doors:\n  http:\n    prot: 1\nlog:\n  level: loud\n");

        assertThatThrownBy(() -> loader(Map.of("MILLRACE_STORAGE_SHARD", "1"))
                        .file(file)
                        .set("x=1")
                        .load())
                .isInstanceOf(ConfigurationException.class)
                .message()
                .satisfies(message -> assertThat(message.lines())
                        .containsExactlyInAnyOrder(
                                file + ":3: there is no key 'doors.http.prot'; did you mean 'doors.http.port'?",
                                file + ":5: log.level: 'loud' is not one of error, warn, info, debug, trace",
                                "environment variable MILLRACE_STORAGE_SHARD: there is no such setting; did you mean"
                                        + " MILLRACE_STORAGE_SHARDS?",
                                "--set: there is no key 'x'"));
    }

    @Test
    void aWrongValueIsAProblemEvenWhereALaterSourceWins() {
        assertThatThrownBy(() -> load(Map.of("MILLRACE_STORAGE_SHARDS", "none"), "storage.shards=2"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith("environment variable MILLRACE_STORAGE_SHARDS: storage.shards: 'none'");
    }

    @Test
    void anUnknownVariableIsNamedButItsValueIsNot() {
        assertThatThrownBy(() -> load(Map.of("MILLRACE_PASWORD", "hunter2")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("MILLRACE_PASWORD")
                .message()
                .doesNotContain("hunter2");
    }

    @Test
    void variablesThatOthersReadAreLeftAlone() throws Exception {
        Settings settings = load(Map.ofEntries(
                Map.entry("PATH", "/bin"),
                Map.entry("MILLRACE_HOME", "/opt/millrace"),
                Map.entry("MILLRACE_OPTS", "-Xmx1g"),
                Map.entry("MILLRACE_URL", "http://127.0.0.1:8080"),
                Map.entry("MILLRACE_USER", "me"),
                Map.entry("MILLRACE_PASSWORD", "secret"),
                Map.entry("MILLRACE_SERVICE_HOST", "10.0.0.1"),
                Map.entry("MILLRACE_SERVICE_PORT_HTTP", "8080"),
                Map.entry("MILLRACE_PORT", "tcp://10.0.0.1:8080"),
                Map.entry("MILLRACE_PORT_8080_TCP_ADDR", "10.0.0.1")));

        assertThat(settings).isEqualTo(load(Map.of()));
    }

    @Test
    void aVariableThatOnlyLooksLikeAServiceIsRefused() {
        assertThatThrownBy(() -> load(Map.of("MILLRACE_HTTP_PORT", "8080")))
                .hasMessageContaining("MILLRACE_HTTP_PORT")
                .hasMessageContaining("did you mean MILLRACE_DOORS_HTTP_PORT?");
    }

    @ParameterizedTest
    @CsvSource({"4096, 256, 64, 64", "512, 64, 32, 32", "64, 24, 16, 4"})
    void theMemoryForBuffersFollowsTheHeapButHoldsTheLargestRequest(
            long heapMebibytes, long requests, long unsynced, long tailCache) throws Exception {
        Settings settings = new SettingsLoader(Map.of(), heapMebibytes << 20).load();

        assertThat(settings.limits().requestsBytesTotal()).isEqualTo(requests << 20);
        assertThat(settings.limits().unsyncedBytes()).isEqualTo(unsynced << 20);
        assertThat(settings.storage().tailCacheBytes()).isEqualTo(tailCache << 20);
    }

    @Test
    void freePortsAreOnLoopbackWhateverElseIsSet() throws Exception {
        Settings settings = load(Map.of(), "doors.http.host=0.0.0.0", "doors.http.advertise=a:1", "storage.shards=3")
                .onFreePorts();

        assertThat(settings.doors().get("http"))
                .isEqualTo(new DoorSettings("http", true, "127.0.0.1", 0, Optional.empty(), Optional.empty()));
        assertThat(settings.storage().shards()).isEqualTo(3);
    }

    private static SettingsLoader loader(Map<String, String> environment) {
        return new SettingsLoader(environment, HEAP_BYTES);
    }

    private static Settings load(Map<String, String> environment, String... assignments) throws ConfigurationException {
        SettingsLoader loader = loader(environment);
        for (String assignment : assignments) {
            loader.set(assignment);
        }
        return loader.load();
    }

    private Path yaml(String text) throws IOException {
        return Files.writeString(directory.resolve("millrace.yaml"), text);
    }
}
