package io.millrace.broker.selector;

import static io.millrace.broker.selector.SelectorValues.BOOLEAN;
import static io.millrace.broker.selector.SelectorValues.EXACT;
import static io.millrace.broker.selector.SelectorValues.TEXT;

import org.jspecify.annotations.Nullable;

/**
 * Two values side by side. Unknown where one of them is null; false where they are of different types, or where texts
 * or truths are put in an order. Numbers are promoted as Java does (JLS 5.6), so that nothing equals NaN.
 */
record Comparison(Operator operator, Term left, Term right) implements Condition {
    /** What is asked of the two values. */
    enum Operator {
        EQUAL("="),
        UNEQUAL("<>"),
        LESS("<"),
        LESS_OR_EQUAL("<="),
        GREATER(">"),
        GREATER_OR_EQUAL(">=");

        private final String symbol;

        Operator(String symbol) {
            this.symbol = symbol;
        }

        /** Whether it asks for an order, which only numbers have. */
        boolean isOrder() {
            return this != EQUAL && this != UNEQUAL;
        }

        /** The operator that is spelled so; null where none is. */
        static @Nullable Operator of(String symbol) {
            for (Operator each : values()) {
                if (each.symbol.equals(symbol)) {
                    return each;
                }
            }
            return null;
        }
    }

    @Override
    public Truth test(SelectorValues values) {
        int one = left.load(values);
        int other = right.load(values);
        if (values.isNull(one) || values.isNull(other)) {
            return Truth.UNKNOWN;
        }
        if (values.isNumber(one) && values.isNumber(other)) {
            return Truth.of(compareNumbers(values, one, other));
        }
        byte kind = values.kind(one);
        if (kind != values.kind(other) || operator.isOrder()) {
            return Truth.FALSE;
        }
        return switch (kind) {
            case TEXT -> Truth.of(values.isSameText(one, other) == (operator == Operator.EQUAL));
            case BOOLEAN -> Truth.of((values.exact(one) == values.exact(other)) == (operator == Operator.EQUAL));
            default -> Truth.FALSE;
        };
    }

    private boolean compareNumbers(SelectorValues values, int one, int other) {
        if (values.kind(one) == EXACT && values.kind(other) == EXACT) {
            return compare(values.exact(one), values.exact(other));
        }
        return compare(values.approximate(one), values.approximate(other));
    }

    private boolean compare(long one, long other) {
        return switch (operator) {
            case EQUAL -> one == other;
            case UNEQUAL -> one != other;
            case LESS -> one < other;
            case LESS_OR_EQUAL -> one <= other;
            case GREATER -> one > other;
            case GREATER_OR_EQUAL -> one >= other;
        };
    }

    private boolean compare(double one, double other) {
        return switch (operator) {
            case EQUAL -> one == other;
            case UNEQUAL -> one != other;
            case LESS -> one < other;
            case LESS_OR_EQUAL -> one <= other;
            case GREATER -> one > other;
            case GREATER_OR_EQUAL -> one >= other;
        };
    }
}
