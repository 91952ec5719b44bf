package io.millrace.server.config;

import io.millrace.base.ByteSize;
import io.millrace.base.Durations;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * How the text of a setting becomes a value. The parser throws {@link IllegalArgumentException} with a message for the
 * user where the text is not of the form.
 *
 * @param form what to write, in words, for help and documentation
 * @param parser reads the text
 */
record ValueType<T>(String form, Function<String, T> parser) {
    private static final int PORT_MAX = 65_535;
    private static final int BLOCK_BYTES = 4096;

    T parse(String text) {
        return parser.apply(text);
    }

    /** A type that also has the empty text, meaning: not set. */
    static <T> ValueType<Optional<T>> optional(ValueType<T> type) {
        return new ValueType<>(type.form, text -> text.isEmpty() ? Optional.empty() : Optional.of(type.parse(text)));
    }

    static ValueType<Boolean> flag() {
        return new ValueType<>("true or false", text -> switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw refused(text, "is not true or false");
        });
    }

    static ValueType<Integer> count(int min, int max) {
        return new ValueType<>("number, " + min + " to " + max, text -> {
            if (!text.matches("[0-9]{1,9}")) {
                throw refused(text, "is not a whole number from " + min + " to " + max);
            }
            int value = Integer.parseInt(text);
            if (value < min || value > max) {
                throw refused(text, "is not between " + min + " and " + max);
            }
            return value;
        });
    }

    static ValueType<Integer> port() {
        ValueType<Integer> number = count(0, PORT_MAX);
        return new ValueType<>("port, 0 for any free one", number::parse);
    }

    static ValueType<Long> bytes(long min, long max) {
        String range = ByteSize.print(min) + " to " + ByteSize.print(max);
        return new ValueType<>("size, " + range, text -> {
            long value = ByteSize.parse(text);
            if (value < min || value > max) {
                throw refused(text, "is outside " + range);
            }
            return value;
        });
    }

    /** A size that is written to a disk in whole blocks. */
    static ValueType<Long> blocks(long min, long max) {
        ValueType<Long> size = bytes(min, max);
        return new ValueType<>(size.form + ", a multiple of 4KiB", text -> {
            long value = size.parse(text);
            if (value % BLOCK_BYTES != 0) {
                throw refused(text, "is not a multiple of 4KiB");
            }
            return value;
        });
    }

    static ValueType<Duration> duration(Duration min, Duration max) {
        String range = Durations.print(min) + " to " + Durations.print(max);
        return new ValueType<>("duration, " + range, text -> {
            Duration value = Durations.parse(text);
            if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
                throw refused(text, "is outside " + range);
            }
            return value;
        });
    }

    static <E extends Enum<E>> ValueType<E> choice(Class<E> type) {
        E[] constants = type.getEnumConstants();
        String words = Arrays.stream(constants).map(ValueType::word).collect(Collectors.joining(", "));
        return new ValueType<>("one of " + words, text -> Arrays.stream(constants)
                .filter(constant -> word(constant).equals(text))
                .findFirst()
                .orElseThrow(() -> refused(text, "is not one of " + words)));
    }

    static ValueType<Path> path() {
        return new ValueType<>("path", text -> {
            try {
                if (text.isEmpty()) {
                    throw refused(text, "is not a path");
                }
                return Path.of(text);
            } catch (InvalidPathException e) {
                throw refused(text, "is not a path");
            }
        });
    }

    static ValueType<String> host() {
        return new ValueType<>("host name or address", text -> {
            if (!HostPort.isHost(text)) {
                throw refused(text, "is not a host name or an IP address");
            }
            return text;
        });
    }

    static ValueType<HostPort> hostPort() {
        return new ValueType<>("host:port", HostPort::parse);
    }

    static ValueType<String> servers() {
        return new ValueType<>("host:port, or several with commas between", text -> {
            for (String each : text.split(",", -1)) {
                HostPort.parse(each);
            }
            return text;
        });
    }

    /** The path of a node in ZooKeeper. */
    static ValueType<String> node() {
        return new ValueType<>("path such as /a/b", text -> {
            if (!text.matches("(/[A-Za-z0-9_.-]+)+")) {
                throw refused(text, "is not a path such as /a/b");
            }
            return text;
        });
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static IllegalArgumentException refused(String text, String reason) {
        return new IllegalArgumentException("'" + Shown.of(text) + "' " + reason);
    }
}
