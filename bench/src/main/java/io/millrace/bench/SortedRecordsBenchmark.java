package io.millrace.bench;

import io.millrace.storage.run.SortedRecords;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The head of an ordered index at a steady size: one record added, the first one taken. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class SortedRecordsBenchmark {
    /** How many records are in it. */
    @Param({"1000", "65536", "1000000"})
    public int records;

    private final SplittableRandom random = new SplittableRandom(1);
    private SortedRecords head = new SortedRecords();
    private long number;

    /** Fills it. */
    @Setup
    public void setUp() {
        head = new SortedRecords();
        for (int i = 0; i < records; i++) {
            head.add(random.nextLong(1L << 32), number++, 0);
        }
    }

    /** Priorities or due times all over the range, which moves on as the first ones go. */
    @Benchmark
    public long random() {
        head.add(head.firstKey() + random.nextLong(1L << 32), number++, 0);
        long first = head.firstKey();
        head.removeFirst();
        return first;
    }

    /** The order in which they came. */
    @Benchmark
    public long inOrder() {
        head.add(1L << 40, number++, 0);
        long first = head.firstKey();
        head.removeFirst();
        return first;
    }
}
