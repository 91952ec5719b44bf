package io.millrace.bench;

import io.millrace.storage.BodyFormat;
import io.millrace.storage.CorruptEntryException;
import io.millrace.storage.EntryEnvelope;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.Random;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Writing and reading the envelope of an entry, checksums of envelope and body included. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class EntryEnvelopeBenchmark {
    /** Bytes of the body. */
    @Param({"256", "65536"})
    public int bodyBytes;

    private final EntryEnvelope envelope = new EntryEnvelope();
    private ByteBuf buffer = PooledByteBufAllocator.DEFAULT.directBuffer(1);

    /** Makes an entry. */
    @Setup
    public void setUp() {
        byte[] body = new byte[bodyBytes];
        new Random(1).nextBytes(body);
        buffer.release();
        envelope.reset(1, 1, 1, 1);
        envelope.format = BodyFormat.NATIVE;
        buffer = PooledByteBufAllocator.DEFAULT.directBuffer(envelope.bytes() + bodyBytes);
        buffer.writeZero(envelope.bytes()).writeBytes(body);
        encode();
    }

    /** Frees it. */
    @TearDown
    public void tearDown() {
        buffer.release();
    }

    /** Writes the envelope. */
    @Benchmark
    public int encode() {
        envelope.write(buffer, 0, bodyBytes);
        return envelope.bodyCrc;
    }

    /** Reads and verifies it. */
    @Benchmark
    public long decode() throws CorruptEntryException {
        envelope.read(buffer, 0, "benchmark");
        envelope.verifyBody(buffer, 0, "benchmark");
        return envelope.firstOffset;
    }
}
