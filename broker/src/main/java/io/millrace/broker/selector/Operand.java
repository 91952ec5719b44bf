package io.millrace.broker.selector;

import io.millrace.base.Check;
import org.jspecify.annotations.Nullable;

/**
 * A part of a selector that was read: a term or a condition, what it can be, and where it stands. Immutable.
 *
 * @param type what is known of its value
 * @param isName whether it is nothing but a name
 * @param term what has its value; null where it is a condition
 * @param condition what it is; null where it is a term
 * @param start where it begins in the text
 * @param end where the text behind it begins
 */
record Operand(ValueType type, boolean isName, @Nullable Term term, @Nullable Condition condition, int start, int end) {
    /** What a value can be. */
    enum ValueType {
        NUMBER,
        TEXT,
        TRUTH,
        /** The header of a message says it. */
        ANYTHING;

        boolean canBe(ValueType other) {
            return this == ANYTHING || this == other;
        }
    }

    static Operand of(ValueType type, Term term, int start, int end) {
        return new Operand(type, false, term, null, start, end);
    }

    static Operand name(ValueType type, Term term, int start, int end) {
        return new Operand(type, true, term, null, start, end);
    }

    static Operand of(Condition condition, int start, int end) {
        return new Operand(ValueType.TRUTH, false, null, condition, start, end);
    }

    /** As a condition; whoever asks has looked at the type. */
    Condition asCondition() {
        return condition == null ? new Conditions.TruthOf(Check.notNull(term, "a term, then")) : condition;
    }

    /** As a term. */
    Term asTerm(SelectorLayout.Builder slots) {
        return term == null
                ? new Terms.TruthValue(Check.notNull(condition, "a condition, then"), slots.result())
                : term;
    }
}
