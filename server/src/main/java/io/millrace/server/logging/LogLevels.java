package io.millrace.server.logging;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.slf4j.event.Level;

/**
 * The levels of loggers, which may change while the broker runs. A logger without a level of its own has that of the
 * next part of its name that has one, up to the root logger, {@value Logger#ROOT_LOGGER_NAME}.
 *
 * <p>Any thread. At most {@value #LEVELS_MAX} loggers have a level of their own.
 */
public final class LogLevels {
    /** The logger above all of Millrace's own. */
    public static final String MILLRACE = "io.millrace";

    private static final int LEVELS_MAX = 256;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_$.-]{1,255}");

    private final LoggerContext context;

    LogLevels(LoggerContext context) {
        this.context = context;
    }

    /** The level that {@code logger} logs at now, be it its own or from above. */
    public Level get(String logger) {
        return level(existing(logger).getEffectiveLevel());
    }

    /** The loggers that have a level of their own. */
    public Map<String, Level> own() {
        var levels = new TreeMap<String, Level>();
        for (Logger logger : context.getLoggerList()) {
            if (logger.getLevel() != null) {
                levels.put(logger.getName(), level(logger.getLevel()));
            }
        }
        return Collections.unmodifiableMap(levels);
    }

    /** Gives {@code logger} a level of its own; {@link IllegalArgumentException} says why it cannot. */
    public synchronized void set(String logger, Level level) {
        if (level == Level.TRACE && !(logger + ".").startsWith(MILLRACE + ".")) {
            throw new IllegalArgumentException("only " + MILLRACE + " and what is below it can trace: at that level"
                    + " libraries log what is on the wire, passwords included");
        }
        Map<String, Level> own = own();
        if (!own.containsKey(logger) && own.size() >= LEVELS_MAX) {
            throw new IllegalArgumentException(LEVELS_MAX + " loggers have a level of their own already");
        }
        checked(logger).setLevel(ch.qos.logback.classic.Level.convertAnSLF4JLevel(level));
    }

    /** Takes the level of its own from {@code logger}; the root logger keeps it. */
    public synchronized void unset(String logger) {
        Logger found = context.exists(logger);
        if (found != null && !logger.equals(Logger.ROOT_LOGGER_NAME)) {
            found.setLevel(null);
        }
    }

    /** The logger, or the nearest one above it, without making one of every name that is asked about. */
    private Logger existing(String name) {
        Logger found = context.exists(name);
        int dot = name.lastIndexOf('.');
        if (found != null) {
            return found;
        }
        return existing(dot < 0 ? Logger.ROOT_LOGGER_NAME : name.substring(0, dot));
    }

    private Logger checked(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("a logger's name is 1 to 255 letters, digits and . _ - $");
        }
        return context.getLogger(name);
    }

    private static Level level(ch.qos.logback.classic.Level level) {
        return level.toInt() >= ch.qos.logback.classic.Level.ERROR_INT ? Level.ERROR : Level.valueOf(level.levelStr);
    }
}
