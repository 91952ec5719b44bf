package io.millrace.base;

import java.util.List;
import java.util.stream.Collectors;

/**
 * The text form of a whole number with a unit ({@code 64KiB}, {@code 30s}), as {@link ByteSize} and {@link Durations}
 * give it to users: digits, then one of the scale's units, nothing between them and nothing around them. A number
 * without a unit is refused, because a reader cannot tell what it counts.
 *
 * <p>Immutable; any thread. A text that is not of this form ends in {@link IllegalArgumentException} with a message
 * for the user that says what to write.
 */
final class UnitScale {
    /** Enough for every long, and for a message that repeats the text. */
    private static final int TEXT_CHARS_MAX = 32;

    private final List<Unit> units;
    private final long max;

    /** A unit and how many of the scale's smallest unit it is worth. */
    record Unit(String name, long factor) {}

    /** A scale over {@code units}, smallest first, the first worth 1; values go from 0 to {@code max}. */
    UnitScale(List<Unit> units, long max) {
        this.units = List.copyOf(units);
        this.max = max;
    }

    /** The value of {@code text} in the smallest unit. */
    long parse(String text) {
        if (text.length() > TEXT_CHARS_MAX) {
            throw new IllegalArgumentException("'" + text.substring(0, TEXT_CHARS_MAX) + "...' is too long");
        }
        int digits = digitsIn(text);
        if (digits == 0) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not a whole number with a unit; write for example " + examples("1"));
        }
        String number = text.substring(0, digits);
        String unit = text.substring(digits);
        if (unit.isEmpty()) {
            throw new IllegalArgumentException("'" + text + "' has no unit; write for example " + examples(number));
        }
        return multiply(text, number, factorOf(text, unit));
    }

    /** The text of {@code value} in the largest unit that divides it; {@link #parse} reads it back. */
    String print(long value) {
        if (value < 0 || value > max) {
            throw new IllegalArgumentException(value + " is outside 0 to " + max);
        }
        Unit best = units.get(0);
        for (Unit unit : units) {
            if (value != 0 && value % unit.factor == 0) {
                best = unit;
            }
        }
        return value / best.factor + best.name;
    }

    private static int digitsIn(String text) {
        int count = 0;
        while (count < text.length() && text.charAt(count) >= '0' && text.charAt(count) <= '9') {
            count++;
        }
        return count;
    }

    private long factorOf(String text, String name) {
        for (Unit unit : units) {
            if (unit.name.equals(name)) {
                return unit.factor;
            }
        }
        throw new IllegalArgumentException("'" + text + "' has an unknown unit '" + name + "'; the units are "
                + units.stream().map(Unit::name).collect(Collectors.joining(", ")));
    }

    private long multiply(String text, String number, long factor) {
        try {
            long value = Math.multiplyExact(Long.parseLong(number), factor);
            if (value <= max) {
                return value;
            }
        } catch (NumberFormatException | ArithmeticException e) {
            // Both mean that the value does not fit into 64 bits, which is far beyond the scale's end.
        }
        throw new IllegalArgumentException("'" + text + "' is too large; the most is " + print(max));
    }

    private String examples(String number) {
        return units.stream().limit(3).map(unit -> number + unit.name).collect(Collectors.joining(", "));
    }
}
