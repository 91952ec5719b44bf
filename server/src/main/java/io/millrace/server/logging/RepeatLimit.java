package io.millrace.server.logging;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Limits how often the same message (of the same logger, before its arguments are filled in) is written. Within
 * {@link #INTERVAL} after its first, {@value #ADMITTED_MAX} are admitted; the others are counted, and the count is
 * given out when the interval ends. At most {@value #MESSAGES_MAX} messages are watched at a time; of further ones the
 * oldest gives its count out early.
 *
 * <p>Not safe for several threads: it belongs to the thread that writes the log. Times are of a monotonic clock, in
 * nanoseconds.
 */
final class RepeatLimit {
    static final Duration INTERVAL = Duration.ofSeconds(10);
    static final int ADMITTED_MAX = 20;
    static final int MESSAGES_MAX = 1024;

    private static final long INTERVAL_NANOS = INTERVAL.toNanos();

    /** Oldest first, which is the order in which intervals end. */
    private final Map<Message, Window> windows = new LinkedHashMap<>();

    private final List<Suppressed> ended = new ArrayList<>();

    /** A message as it stands in the code. */
    record Message(String logger, String level, String format) {}

    /** How many events of a message were left out. */
    record Suppressed(Message message, long count) {}

    private static final class Window {
        final long startNanos;
        long events;

        Window(long startNanos) {
            this.startNanos = startNanos;
        }
    }

    /** Whether an event of {@code message} is written; counts it if not. */
    boolean admits(Message message, long nowNanos) {
        endWindows(nowNanos);
        Window window = windows.get(message);
        if (window == null) {
            if (windows.size() == MESSAGES_MAX) {
                endOldest();
            }
            window = new Window(nowNanos);
            windows.put(message, window);
        }
        return ++window.events <= ADMITTED_MAX;
    }

    /** The counts whose interval has ended since the last call. */
    List<Suppressed> takeEnded(long nowNanos) {
        endWindows(nowNanos);
        List<Suppressed> taken = List.copyOf(ended);
        ended.clear();
        return taken;
    }

    /** The counts of all intervals, which end with this. */
    List<Suppressed> takeAll() {
        while (!windows.isEmpty()) {
            endOldest();
        }
        List<Suppressed> taken = List.copyOf(ended);
        ended.clear();
        return taken;
    }

    /** The time until {@link #takeEnded} may have something; the largest long if nothing is watched. */
    long nanosToNextEnd(long nowNanos) {
        Iterator<Window> oldest = windows.values().iterator();
        return oldest.hasNext() ? INTERVAL_NANOS - (nowNanos - oldest.next().startNanos) : Long.MAX_VALUE;
    }

    private void endWindows(long nowNanos) {
        while (nanosToNextEnd(nowNanos) <= 0) {
            endOldest();
        }
    }

    private void endOldest() {
        Iterator<Map.Entry<Message, Window>> entries = windows.entrySet().iterator();
        Map.Entry<Message, Window> oldest = entries.next();
        entries.remove();
        long count = oldest.getValue().events - ADMITTED_MAX;
        if (count > 0) {
            ended.add(new Suppressed(oldest.getKey(), count));
        }
    }
}
