package io.millrace.broker.routing;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Numbers between two bounds, compared as 64-bit floating point. A text that is a decimal number counts as one, for
 * there are publishers that can say texts only. Immutable; any thread.
 *
 * @param least the lower bound
 * @param withLeast whether it is in
 * @param most the upper bound
 * @param withMost whether it is in
 */
record NumericRange(double least, boolean withLeast, double most, boolean withMost) implements FilterCondition {
    private static final int NUMBER_CHARS_MAX = 64;
    private static final Pattern NUMBER = Pattern.compile("-?[0-9]+(\\.[0-9]+)?([eE][+-]?[0-9]+)?");
    private static final NumericRange ALL =
            new NumericRange(Double.NEGATIVE_INFINITY, true, Double.POSITIVE_INFINITY, true);

    static NumericRange equal(double number) {
        return new NumericRange(number, true, number, true);
    }

    /** Reads {@code ["=", 1]}, {@code [">", 1]}, {@code [">=", 1, "<", 2]} and the like. */
    static NumericRange of(JsonNode array, String path) {
        if (!array.isArray() || (array.size() != 2 && array.size() != 4)) {
            throw fault(path);
        }
        NumericRange range = ALL;
        for (int at = 0; at < array.size(); at += 2) {
            boolean isLast = at + 2 == array.size();
            range = range.and(array.get(at).asText(), array.get(at + 1), at == 0, isLast, path);
        }
        if (range.least > range.most || (range.least == range.most && !(range.withLeast && range.withMost))) {
            throw new IllegalArgumentException(path + " has a lower bound that is not below the upper one");
        }
        return range;
    }

    private NumericRange and(String operator, JsonNode operand, boolean isFirst, boolean isLast, String path) {
        if (!operand.isNumber() || !Double.isFinite(operand.doubleValue())) {
            throw fault(path);
        }
        double number = operand.doubleValue();
        if (operator.equals("=") && isFirst && isLast) {
            return equal(number);
        }
        if ((operator.equals(">") || operator.equals(">=")) && isFirst) {
            return new NumericRange(number, operator.equals(">="), most, withMost);
        }
        if ((operator.equals("<") || operator.equals("<=")) && isLast) {
            return new NumericRange(least, withLeast, number, operator.equals("<="));
        }
        throw fault(path);
    }

    private static IllegalArgumentException fault(String path) {
        return new IllegalArgumentException(path + " is not like [\"=\", 1], [\">\", 1] or [\">=\", 1, \"<\", 2]");
    }

    @Override
    public boolean holds(@Nullable Object value) {
        double number = number(value);
        return (number > least || (withLeast && number == least)) && (number < most || (withMost && number == most));
    }

    /** The number that {@code value} is; NaN where it is none. */
    private static double number(@Nullable Object value) {
        if (value instanceof Number known) {
            return known.doubleValue();
        }
        boolean isNumber = value instanceof String text
                && text.length() <= NUMBER_CHARS_MAX
                && NUMBER.matcher(text).matches();
        return isNumber ? Double.parseDouble((String) value) : Double.NaN;
    }
}
