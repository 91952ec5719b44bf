package io.millrace.server.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.base.Clock;
import io.millrace.server.config.HostPort;
import io.millrace.server.config.Settings;
import io.millrace.server.config.SettingsLoader;
import io.millrace.server.logging.LogFormat;
import io.millrace.server.logging.Logging;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.event.Level;

/** The steps around a broker happen in an order in which nothing is promised too early or taken back too late. */
@Timeout(60)
class BrokerProcessTest {
    @TempDir
    Path directory;

    private final ByteArrayOutputStream log = new ByteArrayOutputStream();
    private final CompletableFuture<String> stop = new CompletableFuture<>();
    private final CompletableFuture<Void> missed = new CompletableFuture<>();
    private Logging logging;
    private Path readyFile;
    private Settings settings;
    private volatile FakeBroker broker;

    @BeforeEach
    void start() throws Exception {
        logging = Logging.start(LogFormat.TEXT, Level.INFO, log);
        readyFile = directory.resolve("ready.json");
        settings = new SettingsLoader(Map.of(), 1 << 30)
                .dataDirectory(directory.resolve("data").toString())
                .set("shutdown.timeout=100ms")
                .load()
                .onFreePorts();
    }

    @AfterEach
    void end() {
        logging.close();
    }

    @Test
    void theReadyFileExistsExactlyWhileTheDoorsAnswer() throws Exception {
        Files.writeString(readyFile, "left by a process that was killed");
        BrokerStarter starter = (given, levels) -> {
            assertThat(readyFile).doesNotExist();
            broker = FakeBroker.start(given);
            broker.onShutdown = () -> assertThat(readyFile).doesNotExist();
            return broker;
        };
        CompletableFuture<Void> watcher = CompletableFuture.runAsync(() -> {
            await().untilAsserted(() -> assertThat(readyFile).content().contains("http"));
            assertThat(readyFile)
                    .content()
                    .contains(
                            "\"http\":\"127.0.0.1:" + broker.doors().get("http").port());
            stop.complete("test");
        });
        run(starter, doors -> assertThat(readyFile).doesNotExist());

        watcher.join();
        assertThat(broker.events).containsExactly("shutdown", "close");
        assertThat(readyFile).doesNotExist();
    }

    @Test
    void theDirectoryIsLockedWhileTheBrokerRuns() throws Exception {
        Optional<Throwable> failure = run(started(), doors -> {
            assertThatThrownBy(() -> DirectoryLock.take(settings.dataDirectory(), Clock.SYSTEM))
                    .isInstanceOf(StartException.class);
            stop.complete("test");
        });

        assertThat(failure).isEmpty();
        DirectoryLock.take(settings.dataDirectory(), Clock.SYSTEM).close();
    }

    @Test
    void theAnnouncementNamesTheRealPorts() throws Exception {
        var announced = new CompletableFuture<Map<String, HostPort>>();
        run(started(), doors -> {
            announced.complete(doors);
            stop.complete("test");
        });

        assertThat(announced.join().get("http").port()).isPositive();
    }

    @Test
    void aBrokerThatFailsIsEndedInOrderAndTheCauseReturned() throws Exception {
        var cause = new IllegalStateException("the disk is gone");
        Optional<Throwable> failure = run(started(), doors -> broker.failure.complete(cause));

        assertThat(failure).containsSame(cause);
        assertThat(broker.events).containsExactly("shutdown", "close");
        logging.close();
        assertThat(log.toString(StandardCharsets.UTF_8)).contains("the broker cannot go on", "the disk is gone");
    }

    @Test
    void anEndThatTakesTooLongMissesTheDeadline() throws Exception {
        run(
                (given, levels) -> {
                    broker = FakeBroker.start(given).hanging();
                    return broker;
                },
                doors -> stop.complete("test"));

        assertThat(missed).isDone();
    }

    @Test
    void anEndInTimeDoesNotMissTheDeadline() throws Exception {
        run(started(), doors -> stop.complete("test"));

        assertThat(missed).isNotDone();
    }

    @Test
    void anEndThatFailsIsStillAnEnd() throws Exception {
        run(
                (given, levels) -> {
                    broker = FakeBroker.start(given);
                    broker.shutdown = CompletableFuture.failedFuture(new IllegalStateException("no goodbye"));
                    return broker;
                },
                doors -> stop.complete("test"));

        assertThat(broker.events).containsExactly("shutdown", "close");
        logging.close();
        assertThat(log.toString(StandardCharsets.UTF_8)).contains("the end was not orderly", "no goodbye");
    }

    @Test
    void aStopWhileStartingEndsTheBrokerOnceItHasStarted() throws Exception {
        run(
                (given, levels) -> {
                    stop.complete("test");
                    broker = FakeBroker.start(given);
                    return broker;
                },
                doors -> {});

        assertThat(broker.events).containsExactly("shutdown", "close");
    }

    @Test
    void aRefusedStartGivesTheDirectoryBack() throws Exception {
        assertThatThrownBy(() -> run(
                        (given, levels) -> {
                            throw new StartException("no user");
                        },
                        doors -> {}))
                .isInstanceOf(StartException.class)
                .hasMessage("no user");

        DirectoryLock.take(settings.dataDirectory(), Clock.SYSTEM).close();
    }

    @Test
    void aReadyFileThatCannotBeWrittenStopsTheBroker() throws Exception {
        readyFile = directory.resolve("no-such-directory").resolve("ready.json");

        assertThatThrownBy(() -> run(started(), doors -> {}))
                .isInstanceOf(StartException.class)
                .hasMessageContaining("the ready file cannot be written")
                .hasMessageContaining("there is no such file");
        assertThat(broker.events).containsExactly("close");
    }

    private void missDeadline() {
        missed.complete(null);
        broker.shutdown.complete(null);
    }

    private BrokerStarter started() {
        return (given, levels) -> {
            broker = FakeBroker.start(given);
            return broker;
        };
    }

    private Optional<Throwable> run(BrokerStarter starter, Consumer<Map<String, HostPort>> announcement)
            throws StartException {
        return new BrokerProcess(starter, stop, announcement, Optional.of(readyFile), this::missDeadline)
                .run(settings, logging.levels());
    }
}
