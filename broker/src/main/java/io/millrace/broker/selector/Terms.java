package io.millrace.broker.selector;

import static io.millrace.broker.selector.SelectorValues.APPROXIMATE;
import static io.millrace.broker.selector.SelectorValues.BOOLEAN;
import static io.millrace.broker.selector.SelectorValues.EXACT;

/** What has a value: a name or literal, arithmetic, a condition. */
final class Terms {
    private Terms() {}

    /** What a message or the selector itself put into a slot. */
    record Slot(int slot) implements Term {
        @Override
        public int load(SelectorValues values) {
            return slot;
        }
    }

    /** What a condition comes to, as a value; null where it is unknown. */
    record TruthValue(Condition condition, int result) implements Term {
        @Override
        public int load(SelectorValues values) {
            Truth truth = condition.test(values);
            if (truth == Truth.UNKNOWN) {
                values.setNull(result);
            } else {
                values.set(result, BOOLEAN, truth == Truth.TRUE ? 1 : 0);
            }
            return result;
        }
    }

    /** A number with a sign in front; null where it is no number. */
    record Signed(Term term, boolean negative, int result) implements Term {
        @Override
        public int load(SelectorValues values) {
            int slot = term.load(values);
            if (!values.isNumber(slot)) {
                values.setNull(result);
            } else if (values.kind(slot) == EXACT) {
                values.set(result, EXACT, negative ? -values.exact(slot) : values.exact(slot));
            } else {
                values.setApproximate(result, negative ? -values.approximate(slot) : values.approximate(slot));
            }
            return result;
        }
    }

    /** What is done to the result so far and the next number. */
    enum Operation {
        ADD,
        SUBTRACT,
        MULTIPLY,
        DIVIDE
    }

    /**
     * Operations of one precedence, from the left. Whole numbers stay whole and wrap at 64 bits, as in Java; with a
     * number that is not whole the result is not. Null where a part is no number, or a whole number is divided by zero.
     */
    record Arithmetic(Term first, Operation[] operations, Term[] others, int result) implements Term {
        @Override
        public int load(SelectorValues values) {
            int slot = first.load(values);
            if (!values.isNumber(slot)) {
                values.setNull(result);
                return result;
            }
            values.set(result, values.kind(slot), values.exact(slot));
            for (int i = 0; i < operations.length && !values.isNull(result); i++) {
                combine(values, operations[i], others[i].load(values));
            }
            return result;
        }

        private void combine(SelectorValues values, Operation operation, int other) {
            if (!values.isNumber(other)) {
                values.setNull(result);
            } else if (values.kind(result) == APPROXIMATE || values.kind(other) == APPROXIMATE) {
                double value = combine(operation, values.approximate(result), values.approximate(other));
                values.setApproximate(result, value);
            } else if (operation == Operation.DIVIDE && values.exact(other) == 0) {
                values.setNull(result);
            } else {
                values.set(result, EXACT, combine(operation, values.exact(result), values.exact(other)));
            }
        }

        private static double combine(Operation operation, double one, double other) {
            return switch (operation) {
                case ADD -> one + other;
                case SUBTRACT -> one - other;
                case MULTIPLY -> one * other;
                case DIVIDE -> one / other;
            };
        }

        private static long combine(Operation operation, long one, long other) {
            return switch (operation) {
                case ADD -> one + other;
                case SUBTRACT -> one - other;
                case MULTIPLY -> one * other;
                case DIVIDE -> one / other;
            };
        }
    }
}
