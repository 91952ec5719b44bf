package io.millrace.server.demo;

import io.millrace.server.command.CommandFailure;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One worker of the demo: a process that is started, killed and started again; what it reports goes into the ledger.
 * The conducting thread starts and kills; any thread closes and asks for state.
 */
final class DemoWorker implements AutoCloseable {
    static final long LEASE_MILLIS = 5_000;
    private static final List<String> JVM_OPTIONS = List.of("-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

    private final String name;
    private final DemoFolder folder;
    private final String main;
    private final int batch;
    private final JobLedger ledger;
    private final AtomicLong done = new AtomicLong();
    private final AtomicLong lost = new AtomicLong();
    private @Nullable ChildJvm process;
    private @Nullable Thread listener;
    private boolean closed;
    private volatile String state = "not started";

    /** @param main the class with the command {@value WorkerCommand#NAME} */
    DemoWorker(String name, DemoFolder folder, String main, int batch, JobLedger ledger) {
        this.name = name;
        this.folder = folder;
        this.main = main;
        this.batch = batch;
        this.ledger = ledger;
    }

    synchronized void start() throws IOException {
        if (closed) {
            throw new CommandFailure("the demo is over");
        }
        ChildJvm started = ChildJvm.start(
                main,
                folder.log(name.replace(' ', '-')),
                JVM_OPTIONS,
                List.of(
                        WorkerCommand.NAME,
                        "--ready-file",
                        folder.readyFile().toString(),
                        "--batch",
                        Integer.toString(batch),
                        "--lease-millis",
                        Long.toString(LEASE_MILLIS)));
        process = started;
        listener = new Thread(() -> listen(started.output()), name);
        listener.setDaemon(true);
        listener.start();
        state = "running (process " + started.pid() + ")";
    }

    /** Writes down what the process reports, until it ends; a line that its death has cut short counts for nothing. */
    private void listen(BufferedReader output) {
        try (output) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                WorkerReport report = WorkerReport.parse(line);
                report.done().forEach(each -> ledger.onAcknowledged(each.job(), each.delivery()));
                done.addAndGet(report.done().size());
                lost.addAndGet(report.lost());
            }
        } catch (IOException | IllegalArgumentException e) {
            // Killed while it wrote.
        }
    }

    /** SIGKILL; returns when all that the process has reported is written down: the number of the process. */
    long kill() throws InterruptedException {
        ChildJvm killed = running();
        state = "killed";
        killed.kill();
        awaitListener();
        return killed.pid();
    }

    /** Lets the process end; returns when all that it has reported is written down. */
    void end() throws IOException, InterruptedException {
        running().end();
        state = "ended";
        awaitListener();
    }

    private void awaitListener() throws InterruptedException {
        Thread reader;
        synchronized (this) {
            reader = listener;
        }
        if (reader != null) {
            reader.join();
        }
    }

    private synchronized ChildJvm running() {
        ChildJvm running = process;
        if (running == null) {
            throw new IllegalStateException(name + " was not started");
        }
        return running;
    }

    /** Fails if the process has ended by itself. */
    void check() {
        ChildJvm running = running();
        if (!running.isAlive()) {
            throw new CommandFailure(name + " has ended by itself: " + running.lastWords());
        }
    }

    String name() {
        return name;
    }

    /** In words. */
    String state() {
        return state;
    }

    /** How many jobs were confirmed to be done. */
    long done() {
        return done.get();
    }

    /** How many jobs it did whose lease had ended by then. */
    long lost() {
        return lost.get();
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (process != null) {
            process.close();
        }
    }
}
