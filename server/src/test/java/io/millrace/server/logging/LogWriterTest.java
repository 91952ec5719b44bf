package io.millrace.server.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import io.millrace.base.Clock;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The writer writes what it is given, in order, within its limits, and says what it left out. */
class LogWriterTest {
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private final LoggerContext context = new LoggerContext();
    private final StoppedClock clock = new StoppedClock();
    private final LogWriter writer = new LogWriter(line -> line.level() + " " + line.message() + "\n", output, clock);

    @Test
    void eventsAreWrittenInOrder() {
        writer.offer(event(Level.INFO, "first {}", 1));
        writer.offer(event(Level.ERROR, "second"));

        assertThat(writer.work()).isTrue();
        assertThat(lines()).containsExactly("INFO first 1", "ERROR second");
        assertThat(writer.work()).isFalse();
    }

    @Test
    void repetitionsAreSuppressedAndCountedWhenTheIntervalEnds() {
        for (int i = 0; i < RepeatLimit.ADMITTED_MAX + 3; i++) {
            writer.offer(event(Level.WARN, "lost {}", i));
        }
        writer.work();
        assertThat(lines()).hasSize(RepeatLimit.ADMITTED_MAX);
        assertThat(writer.idleNanosMax()).isEqualTo(RepeatLimit.INTERVAL.toNanos());

        clock.nanos += RepeatLimit.INTERVAL.toNanos();
        writer.work();

        assertThat(lines()).hasSize(RepeatLimit.ADMITTED_MAX + 1).endsWith("WARN suppressed 3 more of: lost {}");
        assertThat(writer.idleNanosMax()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void theEndTellsWhatIsStillSuppressed() {
        for (int i = 0; i < RepeatLimit.ADMITTED_MAX + 1; i++) {
            writer.offer(event(Level.WARN, "lost"));
        }
        writer.finish();

        assertThat(lines()).endsWith("WARN suppressed 1 more of: lost");
    }

    @Test
    void whoAsksForDebuggingGetsAllOfIt() {
        for (int i = 0; i < 10 * RepeatLimit.ADMITTED_MAX; i++) {
            writer.offer(event(Level.DEBUG, "step"));
        }
        writer.work();

        assertThat(lines()).hasSize(10 * RepeatLimit.ADMITTED_MAX);
    }

    @Test
    void aFullQueueDropsAndSaysSo() {
        for (int i = 0; i < LogWriter.QUEUE_EVENTS + 5; i++) {
            writer.offer(event(Level.DEBUG, "step"));
        }
        writer.work();

        assertThat(lines())
                .hasSize(LogWriter.QUEUE_EVENTS + 1)
                .endsWith("WARN dropped 5 events: they came faster than standard error takes them");
    }

    @Test
    void theStackTraceIsPartOfTheLine() {
        var own = new LogWriter(line -> line.error() + "\n", output, clock);
        LoggingEvent event = event(Level.ERROR, "failed");
        event.setThrowableProxy(new ThrowableProxy(new IOException("no", new IllegalStateException("why"))));
        own.offer(event);
        own.work();

        assertThat(output.toString(StandardCharsets.UTF_8))
                .startsWith("java.io.IOException: no")
                .contains("Caused by: java.lang.IllegalStateException: why")
                .contains(LogWriterTest.class.getName());
    }

    @Test
    void aLostStandardErrorIsSurvived() {
        var closed = new LogWriter(line -> "x", new ClosedOutput(), clock);
        closed.offer(event(Level.ERROR, "failed"));

        assertThat(closed.work()).isTrue();
    }

    private LoggingEvent event(Level level, String message, Object... arguments) {
        var logger = context.getLogger("a.Logger");
        return new LoggingEvent(LogWriterTest.class.getName(), logger, level, message, null, arguments);
    }

    private List<String> lines() {
        return output.toString(StandardCharsets.UTF_8).lines().toList();
    }

    private static final class StoppedClock implements Clock {
        long nanos = Long.MAX_VALUE - 5;

        @Override
        public long nanoTime() {
            return nanos;
        }

        @Override
        public long epochMillis() {
            return 0;
        }
    }

    private static final class ClosedOutput extends OutputStream {
        @Override
        public void write(int value) throws IOException {
            throw new IOException("Broken pipe");
        }
    }
}
