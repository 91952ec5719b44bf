package io.millrace.server.demo;

import io.millrace.server.client.ApiException;
import io.millrace.server.process.EndOfInput;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code millrace demo-worker}: one of the demo's worker processes; ends when its standard input does. */
@Command(name = WorkerCommand.NAME, hidden = true, header = "Work for the demo. Started by it.")
final class WorkerCommand implements Callable<Integer> {
    static final String NAME = "demo-worker";
    private static final long END_MILLIS_MAX = 2_000;

    @Option(names = "--ready-file", required = true)
    private @Nullable Path readyFile;

    @Option(names = "--batch", required = true)
    private int batch;

    @Option(names = "--lease-millis", required = true)
    private long leaseMillis;

    @Override
    public Integer call() throws ApiException {
        Thread worker = Thread.currentThread();
        EndOfInput.await(() -> end(worker));
        try {
            new Worker(
                            Objects.requireNonNull(readyFile, "required by picocli"),
                            batch,
                            Duration.ofMillis(leaseMillis),
                            new PrintWriter(System.out, true, StandardCharsets.UTF_8))
                    .run();
        } catch (InterruptedException e) {
            // The demo is over.
        }
        return 0;
    }

    /** No worker is to outlive the demo, however that ends. */
    private static void end(Thread worker) {
        worker.interrupt();
        try {
            TimeUnit.MILLISECONDS.sleep(END_MILLIS_MAX);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(0);
    }
}
