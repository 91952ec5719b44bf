package io.millrace.broker.selector;

import static io.millrace.broker.selector.SelectorValues.BOOLEAN;

/** The conditions that are not {@link Comparison}s. */
final class Conditions {
    private Conditions() {}

    /** AND or OR of any number of parts, in their order; the rest is not looked at once one decides. */
    record Junction(Truth decisive, Condition[] parts) implements Condition {
        @Override
        public Truth test(SelectorValues values) {
            Truth result = decisive.negated();
            for (Condition each : parts) {
                Truth truth = each.test(values);
                if (truth == decisive) {
                    return decisive;
                }
                if (truth == Truth.UNKNOWN) {
                    result = Truth.UNKNOWN;
                }
            }
            return result;
        }
    }

    /** NOT. */
    record Negation(Condition condition) implements Condition {
        @Override
        public Truth test(SelectorValues values) {
            return condition.test(values).negated();
        }
    }

    /** A value as a condition; unknown where it is neither true nor false. */
    record TruthOf(Term term) implements Condition {
        @Override
        public Truth test(SelectorValues values) {
            int slot = term.load(values);
            return values.kind(slot) == BOOLEAN ? Truth.of(values.exact(slot) == 1) : Truth.UNKNOWN;
        }
    }

    /** IS NULL. Never unknown. */
    record NullTest(Term term) implements Condition {
        @Override
        public Truth test(SelectorValues values) {
            return Truth.of(values.isNull(term.load(values)));
        }
    }

    /** IN. Unknown for null, false for what is no text. */
    record OneOf(Term term, TextTable texts) implements Condition {
        @Override
        public Truth test(SelectorValues values) {
            int slot = term.load(values);
            if (!values.isText(slot)) {
                return values.isNull(slot) ? Truth.UNKNOWN : Truth.FALSE;
            }
            values.countRead(slot);
            int found = texts.find(values.source(slot), values.start(slot), values.length(slot));
            return Truth.of(found != TextTable.ABSENT);
        }
    }

    /** LIKE. Unknown for null, false for what is no text. */
    record Like(Term term, LikePattern pattern) implements Condition {
        @Override
        public Truth test(SelectorValues values) {
            int slot = term.load(values);
            if (!values.isText(slot)) {
                return values.isNull(slot) ? Truth.UNKNOWN : Truth.FALSE;
            }
            values.countRead(slot);
            int start = values.start(slot);
            return Truth.of(pattern.matches(values.source(slot), start, start + values.length(slot)));
        }
    }
}
