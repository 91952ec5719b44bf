package io.millrace.api.http;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/** The levels of the process's log, as the door shows and changes them. Any thread. */
public interface LogLevelControl {
    /** The loggers that have a level of their own, by name. */
    Map<String, Level> levels();

    /**
     * Gives {@code logger} a level of its own, or takes it away where {@code level} is null.
     *
     * @throws IllegalArgumentException says why not
     */
    void set(String logger, @Nullable Level level);
}
