package io.millrace.server.demo;

import io.millrace.server.command.CommandFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The broker of the demo: a process that is started, killed and started again over the same data directory. The
 * conducting thread starts and kills; any thread closes and asks for state.
 */
final class DemoBroker implements AutoCloseable {
    private static final Duration START_MAX = Duration.ofMinutes(2);
    private static final long POLL_MILLIS = 20;
    /** Small, so that the demo needs little room and the broker does what a larger one does all day. */
    private static final String JOURNAL_FILE_SIZE = "8MiB";

    private static final List<String> JVM_OPTIONS = List.of("-Xmx512m", "-XX:+UseSerialGC");

    private final DemoFolder folder;
    private final String main;
    private final List<String> storage;
    private @Nullable ChildJvm process;
    private boolean closed;
    private volatile String state = "not started";

    /**
     * @param main the class with the command {@code serve}
     * @param storage further flags for it, which say where it stores
     */
    DemoBroker(DemoFolder folder, String main, List<String> storage) {
        this.folder = folder;
        this.main = main;
        this.storage = storage;
    }

    /** Starts a process and returns when its door answers; how long that took. */
    Duration start() throws IOException, InterruptedException {
        state = "starting";
        long startNanos = System.nanoTime();
        Files.deleteIfExists(folder.readyFile());
        ChildJvm started = launch();
        while (!Files.exists(folder.readyFile())) {
            if (!started.isAlive()) {
                throw new CommandFailure("the broker did not start: " + started.lastWords());
            }
            if (System.nanoTime() - startNanos > START_MAX.toNanos()) {
                throw new CommandFailure(
                        "the broker did not get ready within " + START_MAX.toSeconds() + " s: " + started.lastWords());
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
        state = "running (process " + started.pid() + ")";
        return Duration.ofNanos(System.nanoTime() - startNanos);
    }

    private synchronized ChildJvm launch() throws IOException {
        if (closed) {
            throw new CommandFailure("the demo is over");
        }
        List<String> arguments =
                new ArrayList<>(List.of("serve", "--data", folder.data().toString()));
        arguments.addAll(List.of("--set", "storage.journal.file-bytes=" + JOURNAL_FILE_SIZE));
        arguments.addAll(List.of("--free-ports", "--end-with-input"));
        arguments.addAll(List.of("--ready-file", folder.readyFile().toString()));
        arguments.addAll(storage);
        ChildJvm started = ChildJvm.start(main, folder.log("broker"), JVM_OPTIONS, arguments);
        process = started;
        return started;
    }

    /** SIGKILL; the number of the process that is gone. */
    long kill() throws InterruptedException {
        ChildJvm killed = running();
        state = "killed";
        killed.kill();
        return killed.pid();
    }

    /** Fails if the process has ended by itself. */
    void check() {
        ChildJvm running = running();
        if (!running.isAlive()) {
            throw new CommandFailure("the broker has ended by itself: " + running.lastWords());
        }
    }

    private synchronized ChildJvm running() {
        ChildJvm running = process;
        if (running == null) {
            throw new IllegalStateException("the broker was not started");
        }
        return running;
    }

    /** In words. */
    String state() {
        return state;
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (process != null) {
            process.close();
        }
    }
}
