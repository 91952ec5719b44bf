package io.millrace.server.logging;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import io.millrace.base.AgentThread;
import io.millrace.base.Clock;
import java.io.OutputStream;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The running log of this process: from {@link #start} to {@link #close}, which writes what is still waiting. There is
 * one per process, because SLF4J has one.
 */
public final class Logging implements AutoCloseable {
    private final LoggerContext context;
    private final LogWriter writer;
    private final AgentThread thread;
    private final LogLevels levels;

    private Logging(LoggerContext context, LogWriter writer, AgentThread thread) {
        this.context = context;
        this.writer = writer;
        this.thread = thread;
        this.levels = new LogLevels(context);
    }

    /** Logs to {@code output}: Millrace's own events from {@code level} up, those of libraries from WARN up. */
    public static Logging start(LogFormat format, Level level, OutputStream output) {
        var context = (LoggerContext) LoggerFactory.getILoggerFactory();
        var writer = new LogWriter(LineFormat.of(format), output, Clock.SYSTEM);
        var thread = new AgentThread("log-writer", writer).start();
        var logging = new Logging(context, writer, thread);
        context.reset();
        logging.levels.set(Logger.ROOT_LOGGER_NAME, level == Level.ERROR ? Level.ERROR : Level.WARN);
        logging.levels.set(LogLevels.MILLRACE, level);
        var appender = new LogWriterAppender(writer, thread);
        appender.setContext(context);
        appender.start();
        context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(appender);
        return logging;
    }

    /** The levels of this process. */
    public LogLevels levels() {
        return levels;
    }

    /** Ends the log; what is logged afterwards is lost. */
    @Override
    public void close() {
        context.reset();
        context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(ch.qos.logback.classic.Level.OFF);
        thread.close();
        writer.finish();
    }
}
