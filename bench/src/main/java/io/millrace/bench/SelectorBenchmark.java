package io.millrace.bench;

import io.millrace.broker.message.MessageProperties;
import io.millrace.broker.message.MessageProperties.Header;
import io.millrace.broker.message.MessageView;
import io.millrace.broker.message.NativeBatch;
import io.millrace.broker.selector.Selector;
import io.millrace.broker.selector.SelectorMatcher;
import io.millrace.broker.selector.ViewedMessage;
import io.millrace.storage.BodyFormat;
import io.millrace.storage.EntryEnvelope;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** A selector of four conditions, all of which are looked at, and a stored message with five headers. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class SelectorBenchmark {
    private static final String SELECTOR = "color IN ('red', 'green') AND amount * 2 > 100"
            + " AND region LIKE '%north_west%' AND millrace.priority < 4294967295";

    private final MessageView view = new MessageView();
    private final ViewedMessage message = new ViewedMessage(view);
    private final SelectorMatcher matcher = Selector.compile(SELECTOR).newMatcher();
    private ByteBuf entry = Unpooled.EMPTY_BUFFER;

    /** Stores the message. */
    @Setup
    public void setUp() {
        NativeBatch batch = new NativeBatch();
        List<Header> headers = List.of(
                new Header("trace", "0af7651916cd43dd8448eb211c80319c"),
                new Header("color", "green"),
                new Header("amount", 57L),
                new Header("region", "europe-north-west-2"),
                new Header("urgent", true));
        batch.add(
                new MessageProperties("customer-7", "text/plain", null, null, null, null, null, headers),
                Unpooled.wrappedBuffer(new byte[256]));
        EntryEnvelope envelope = new EntryEnvelope();
        envelope.reset(1, 0, 1, 1);
        envelope.format = BodyFormat.NATIVE;
        entry = PooledByteBufAllocator.DEFAULT.directBuffer(envelope.bytes() + batch.bytes());
        entry.writerIndex(envelope.bytes());
        batch.writeTo(entry);
        envelope.write(entry, 0, batch.bytes());
        batch.release();
        view.show(entry, 0);
        if (!matcher.matches(message)) {
            throw new IllegalStateException("the message is not selected");
        }
    }

    /** Frees it. */
    @TearDown
    public void tearDown() {
        entry.release();
    }

    /** The selector alone, for a message that is shown. */
    @Benchmark
    public boolean match() {
        return matcher.matches(message);
    }

    /** With the way to the message: its envelope is read and verified. */
    @Benchmark
    public boolean showAndMatch() {
        view.show(entry, 0);
        return matcher.matches(message);
    }

    /** Compiling it. */
    @Benchmark
    public Selector compile() {
        return Selector.compile(SELECTOR);
    }
}
