package io.millrace.server.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import io.millrace.base.Signal;

/** Hands logback's events to the {@link LogWriter}; runs on the thread that logs, and never waits. */
final class LogWriterAppender extends UnsynchronizedAppenderBase<ILoggingEvent> {
    private final LogWriter writer;
    private final Signal signal;

    LogWriterAppender(LogWriter writer, Signal signal) {
        this.writer = writer;
        this.signal = signal;
    }

    @Override
    protected void append(ILoggingEvent event) {
        // Arguments may change or be reused once the caller goes on, so the message is filled in here.
        event.prepareForDeferredProcessing();
        writer.offer(event);
        signal.raise();
    }
}
