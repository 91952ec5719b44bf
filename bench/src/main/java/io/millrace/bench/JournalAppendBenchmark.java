package io.millrace.bench;

import io.millrace.base.Check;
import io.millrace.storage.local.LocalStoreOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Records of 256 bytes appended and synced, by appenders that keep some appends under way; see {@link JournalTable}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 5, time = 2)
public class JournalAppendBenchmark {
    private static final int RECORDS = 4096;
    private static final int RECORD_BYTES = 256;

    /** How many append. */
    @Param({"1", "16", "256"})
    public int appenders;

    /** How many appends each has under way. */
    @Param({"1", "16"})
    public int outstanding;

    private Path directory = Path.of(".");
    private @Nullable JournalLoad load;

    /** Opens a store. */
    @Setup(Level.Trial)
    public void setUp() throws IOException {
        directory = Files.createTempDirectory(Path.of("."), "journal-bench");
        load = new JournalLoad(directory, LocalStoreOptions.DEFAULT, appenders, outstanding, RECORD_BYTES);
    }

    /** Closes it. */
    @TearDown(Level.Trial)
    public void tearDown() throws IOException {
        Check.notNull(load, "set up").close();
        JournalTable.delete(directory);
    }

    /** Appends and waits for the syncs. */
    @Benchmark
    @OperationsPerInvocation(RECORDS)
    public void append() throws InterruptedException {
        Check.notNull(load, "set up").run(RECORDS);
    }
}
