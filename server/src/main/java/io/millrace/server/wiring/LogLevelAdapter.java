package io.millrace.server.wiring;

import io.millrace.api.http.LogLevelControl;
import io.millrace.server.logging.LogLevels;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/** Lets the HTTP door show and change the levels of the process's log. Any thread. */
final class LogLevelAdapter implements LogLevelControl {
    private final LogLevels levels;

    LogLevelAdapter(LogLevels levels) {
        this.levels = levels;
    }

    @Override
    public Map<String, Level> levels() {
        return levels.own();
    }

    @Override
    public void set(String logger, @Nullable Level level) {
        if (level == null) {
            levels.unset(logger);
        } else {
            levels.set(logger, level);
        }
    }
}
