package io.millrace.server.process;

import io.millrace.base.Clock;
import io.millrace.base.Durations;
import io.millrace.server.config.HostPort;
import io.millrace.server.config.Settings;
import io.millrace.server.logging.LogLevels;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One broker from start to end: ports are checked, the data directory is locked, the broker starts, the ready file
 * appears; then, on the stop signal or a failure, everything in reverse order, within {@code shutdown.timeout}.
 *
 * <p>Used once, by one thread, except that {@code stop} is completed by any.
 */
public final class BrokerProcess {
    private static final Logger LOG = LoggerFactory.getLogger(BrokerProcess.class);

    private final BrokerStarter starter;
    private final CompletableFuture<String> stop;
    private final Consumer<Map<String, HostPort>> announcement;
    private final Optional<ReadyFile> readyFile;
    private final Runnable deadlineMissed;

    /**
     * Prepares a process; nothing happens before {@link #run}.
     *
     * @param stop completed, with the reason, to end the broker
     * @param announcement is told where the doors are once they are open
     * @param readyFile what to write at the same time, for other programs
     * @param deadlineMissed ends the process without order; runs on another thread
     */
    public BrokerProcess(
            BrokerStarter starter,
            CompletableFuture<String> stop,
            Consumer<Map<String, HostPort>> announcement,
            Optional<Path> readyFile,
            Runnable deadlineMissed) {
        this.starter = starter;
        this.stop = stop;
        this.announcement = announcement;
        this.readyFile = readyFile.map(ReadyFile::new);
        this.deadlineMissed = deadlineMissed;
    }

    /** Runs a broker until it is stopped; returns what ended it, if it was not {@code stop}. */
    public Optional<Throwable> run(Settings settings, LogLevels levels) throws StartException {
        removeReadyFile();
        DoorPorts.check(settings.doors().values());
        try (var deadline = new ExitDeadline(settings.shutdownTimeout(), deadlineMissed);
                var lock = DirectoryLock.take(settings.dataDirectory(), Clock.SYSTEM)) {
            CompletableFuture<Void> ending = stop.thenAccept(reason -> {
                LOG.info("{}: ending in order, within {}", reason, Durations.print(settings.shutdownTimeout()));
                deadline.begin();
            });
            Optional<Throwable> failure = runLocked(settings, levels);
            ending.join();
            return failure;
        }
    }

    private Optional<Throwable> runLocked(Settings settings, LogLevels levels) throws StartException {
        try (RunningBroker broker = starter.start(settings, levels)) {
            announcement.accept(broker.doors());
            writeReadyFile(broker.doors());
            Optional<Throwable> failure = awaitEnd(broker);
            removeReadyFile();
            endInOrder(broker);
            return failure;
        }
    }

    private Optional<Throwable> awaitEnd(RunningBroker broker) {
        Optional<Throwable> failure = stop.<Optional<Throwable>>thenApply(reason -> Optional.empty())
                .applyToEither(broker.failure().thenApply(Optional::of), end -> end)
                .join();
        failure.ifPresent(cause -> {
            LOG.error("the broker cannot go on", cause);
            stop.complete("failure");
        });
        return failure;
    }

    private static void endInOrder(RunningBroker broker) {
        try {
            broker.beginShutdown().join();
        } catch (CompletionException e) {
            LOG.warn("the end was not orderly", e.getCause());
        }
    }

    private void writeReadyFile(Map<String, HostPort> doors) throws StartException {
        if (readyFile.isPresent()) {
            try {
                readyFile.get().write(doors);
            } catch (IOException e) {
                throw new StartException("the ready file cannot be written: " + FailureReason.of(e), e);
            }
        }
    }

    private void removeReadyFile() throws StartException {
        if (readyFile.isPresent()) {
            try {
                readyFile.get().remove();
            } catch (IOException e) {
                throw new StartException("the ready file cannot be removed: " + FailureReason.of(e), e);
            }
        }
    }
}
