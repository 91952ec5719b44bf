package io.millrace.server.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import io.millrace.base.Agent;
import io.millrace.base.Clock;
import io.millrace.server.logging.RepeatLimit.Message;
import io.millrace.server.logging.RepeatLimit.Suppressed;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Writes log events, in order, one line each. {@link #offer} is for any thread and never waits: with {@value
 * #QUEUE_EVENTS} events waiting, further ones are dropped and counted. Everything else runs on one thread, as an {@link
 * Agent}. Events of level INFO and above are held to {@link RepeatLimit}.
 */
final class LogWriter implements Agent {
    static final int QUEUE_EVENTS = 4096;

    private static final String OWN_LOGGER = LogWriter.class.getName();

    private final LineFormat format;
    private final OutputStream output;
    private final Clock clock;
    private final ArrayBlockingQueue<ILoggingEvent> queue = new ArrayBlockingQueue<>(QUEUE_EVENTS);
    private final AtomicLong dropped = new AtomicLong();
    private final RepeatLimit limit = new RepeatLimit();

    LogWriter(LineFormat format, OutputStream output, Clock clock) {
        this.format = format;
        this.output = output;
        this.clock = clock;
    }

    /** Takes an event to be written. Any thread. */
    void offer(ILoggingEvent event) {
        if (!queue.offer(event)) {
            dropped.incrementAndGet();
        }
    }

    @Override
    public boolean work() {
        boolean worked = false;
        for (ILoggingEvent event = queue.poll(); event != null; event = queue.poll()) {
            worked = true;
            if (isAdmitted(event)) {
                write(lineOf(event));
            }
            reportSuppressed();
        }
        reportSuppressed();
        long lost = dropped.getAndSet(0);
        if (lost > 0) {
            write(ownLine("WARN", "dropped " + lost + " events: they came faster than standard error takes them"));
        }
        return worked;
    }

    @Override
    public long idleNanosMax() {
        return limit.nanosToNextEnd(clock.nanoTime());
    }

    /** Writes what is left, when no more events come. */
    void finish() {
        work();
        limit.takeAll().forEach(this::report);
    }

    private boolean isAdmitted(ILoggingEvent event) {
        if (!event.getLevel().isGreaterOrEqual(Level.INFO)) {
            return true;
        }
        String text = String.valueOf(event.getMessage());
        return limit.admits(new Message(event.getLoggerName(), event.getLevel().levelStr, text), clock.nanoTime());
    }

    private void reportSuppressed() {
        limit.takeEnded(clock.nanoTime()).forEach(this::report);
    }

    private void report(Suppressed suppressed) {
        Message message = suppressed.message();
        String text = "suppressed " + suppressed.count() + " more of: " + message.format();
        write(new LogLine(
                clock.epochMillis(), message.level(), Thread.currentThread().getName(), message.logger(), text, null));
    }

    private LogLine ownLine(String level, String message) {
        return new LogLine(clock.epochMillis(), level, Thread.currentThread().getName(), OWN_LOGGER, message, null);
    }

    private static LogLine lineOf(ILoggingEvent event) {
        IThrowableProxy thrown = event.getThrowableProxy();
        return new LogLine(
                event.getTimeStamp(),
                event.getLevel().levelStr,
                event.getThreadName(),
                event.getLoggerName(),
                String.valueOf(event.getFormattedMessage()),
                thrown == null ? null : ThrowableProxyUtil.asString(thrown));
    }

    private void write(LogLine line) {
        try {
            output.write(format.format(line).getBytes(StandardCharsets.UTF_8));
            output.flush();
        } catch (IOException e) {
            // Standard error is gone, and with it the only place to say so; the broker goes on.
        }
    }
}
