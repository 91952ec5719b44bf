package io.millrace.broker.selector;

import io.millrace.base.Check;
import io.millrace.broker.selector.Comparison.Operator;
import io.millrace.broker.selector.Conditions.Junction;
import io.millrace.broker.selector.Conditions.Like;
import io.millrace.broker.selector.Conditions.Negation;
import io.millrace.broker.selector.Conditions.NullTest;
import io.millrace.broker.selector.Conditions.OneOf;
import io.millrace.broker.selector.Operand.ValueType;
import io.millrace.broker.selector.SelectorLexer.Keyword;
import io.millrace.broker.selector.SelectorLexer.Kind;
import io.millrace.broker.selector.SelectorLexer.Token;
import io.millrace.broker.selector.Terms.Arithmetic;
import io.millrace.broker.selector.Terms.Operation;
import io.millrace.broker.selector.Terms.Signed;
import io.millrace.broker.selector.Terms.Slot;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads a selector, from what binds least to what binds most: OR, AND, NOT, comparisons, sums, products, signs. Only a
 * parenthesis makes it recurse; how many may be open is bounded, and all else of which there may be many is read in a
 * loop and kept in a list. One thread, one text.
 */
final class SelectorParser {
    private static final String VALUE = "a name, a literal or (";

    private final String text;
    private final SelectorLexer lexer;
    private final SelectorLayout.Builder slots;
    private final SelectorNames names;
    private Token token;
    private int nesting;

    SelectorParser(String text, SelectorLayout.Builder slots) {
        this.text = text;
        this.lexer = new SelectorLexer(text);
        this.slots = slots;
        this.names = new SelectorNames(text, slots);
        this.token = lexer.next();
    }

    /** All of it; true where there is nothing. */
    Condition parse() {
        if (token.kind() == Kind.END) {
            return values -> Truth.TRUE;
        }
        Operand whole = disjunction();
        if (token.kind() != Kind.END) {
            throw wrong("an operator or the end");
        }
        return condition(whole);
    }

    private Operand disjunction() {
        Operand first = conjunction();
        if (!token.is(Keyword.OR)) {
            return first;
        }
        List<Condition> parts = new ArrayList<>(List.of(condition(first)));
        int end = first.end();
        while (take(Keyword.OR)) {
            Operand next = conjunction();
            parts.add(condition(next));
            end = next.end();
        }
        return Operand.of(new Junction(Truth.TRUE, parts.toArray(Condition[]::new)), first.start(), end);
    }

    private Operand conjunction() {
        Operand first = negation();
        if (!token.is(Keyword.AND)) {
            return first;
        }
        List<Condition> parts = new ArrayList<>(List.of(condition(first)));
        int end = first.end();
        while (take(Keyword.AND)) {
            Operand next = negation();
            parts.add(condition(next));
            end = next.end();
        }
        return Operand.of(new Junction(Truth.FALSE, parts.toArray(Condition[]::new)), first.start(), end);
    }

    private Operand negation() {
        int start = token.start();
        boolean isThere = false;
        boolean isNegative = false;
        while (take(Keyword.NOT)) {
            isThere = true;
            isNegative = !isNegative;
        }
        Operand operand = predicate();
        if (!isThere) {
            return operand;
        }
        Condition condition = condition(operand);
        return Operand.of(isNegative ? new Negation(condition) : condition, start, operand.end());
    }

    private Operand predicate() {
        Operand left = sum();
        Operator operator = token.kind() == Kind.SYMBOL ? Operator.of(token.value()) : null;
        if (operator != null) {
            advance();
            return comparison(operator, left);
        }
        if (token.is(Keyword.IS)) {
            return nullTest(left);
        }
        boolean isNegative = take(Keyword.NOT);
        if (token.is(Keyword.BETWEEN)) {
            return between(left, isNegative);
        }
        if (token.is(Keyword.IN)) {
            return oneOf(left, isNegative);
        }
        if (token.is(Keyword.LIKE)) {
            return like(left, isNegative);
        }
        if (isNegative) {
            throw wrong("BETWEEN, IN or LIKE");
        }
        return left;
    }

    private Operand comparison(Operator operator, Operand left) {
        if (operator.isOrder()) {
            check(left, ValueType.NUMBER, "a number, for only numbers have an order");
        }
        Operand right = sum();
        if (operator.isOrder()) {
            check(right, ValueType.NUMBER, "a number, for only numbers have an order");
        }
        Condition condition = new Comparison(operator, left.asTerm(slots), right.asTerm(slots));
        return Operand.of(condition, left.start(), right.end());
    }

    /** {@code a BETWEEN b AND c} is {@code a >= b AND a <= c}, with NOT {@code a < b OR a > c}. */
    private Operand between(Operand left, boolean isNegative) {
        Term value = number(left);
        advance();
        Term low = number(sum());
        expect(Keyword.AND, "AND and the upper bound of BETWEEN");
        Operand last = sum();
        Term high = number(last);
        Condition[] parts = {
            new Comparison(isNegative ? Operator.LESS : Operator.GREATER_OR_EQUAL, value, low),
            new Comparison(isNegative ? Operator.GREATER : Operator.LESS_OR_EQUAL, value, high)
        };
        return Operand.of(new Junction(Truth.of(isNegative), parts), left.start(), last.end());
    }

    private Operand oneOf(Operand left, boolean isNegative) {
        Term name = textName(left, "the name of a text in front of IN");
        advance();
        expect('(', "( and texts in single quotes");
        Set<String> texts = new LinkedHashSet<>();
        do {
            texts.add(text("a text in single quotes").value());
        } while (take(','));
        int end = token.end();
        expect(')', ", or )");
        return Operand.of(negatedIf(isNegative, new OneOf(name, TextTable.of(texts))), left.start(), end);
    }

    private Operand like(Operand left, boolean isNegative) {
        Term name = textName(left, "the name of a text in front of LIKE");
        advance();
        Token pattern = text("a pattern in single quotes");
        Token escape = null;
        if (take(Keyword.ESCAPE)) {
            escape = text("one character in single quotes");
            if (escape.value().codePointCount(0, escape.value().length()) != 1) {
                throw wrong(escape, "one character in single quotes");
            }
        }
        try {
            LikePattern compiled = escape == null
                    ? LikePattern.of(pattern.value())
                    : LikePattern.of(pattern.value(), escape.value().codePointAt(0));
            int end = escape == null ? pattern.end() : escape.end();
            return Operand.of(negatedIf(isNegative, new Like(name, compiled)), left.start(), end);
        } catch (IllegalArgumentException e) {
            throw wrong(pattern, String.valueOf(e.getMessage()));
        }
    }

    private Operand nullTest(Operand left) {
        if (!left.isName()) {
            throw wrong(left, "a name in front of IS");
        }
        advance();
        boolean isNegative = take(Keyword.NOT);
        int end = token.end();
        expect(Keyword.NULL, isNegative ? "NULL" : "NULL or NOT NULL");
        return Operand.of(negatedIf(isNegative, new NullTest(left.asTerm(slots))), left.start(), end);
    }

    private static Condition negatedIf(boolean isNegative, Condition condition) {
        return isNegative ? new Negation(condition) : condition;
    }

    private Operand sum() {
        Operand first = product();
        if (!token.is('+') && !token.is('-')) {
            return first;
        }
        List<Operation> operations = new ArrayList<>();
        List<Term> others = new ArrayList<>();
        int end = first.end();
        while (token.is('+') || token.is('-')) {
            operations.add(token.is('+') ? Operation.ADD : Operation.SUBTRACT);
            advance();
            Operand next = product();
            others.add(number(next));
            end = next.end();
        }
        return arithmetic(first, operations, others, end);
    }

    private Operand product() {
        Operand first = signed();
        if (!token.is('*') && !token.is('/')) {
            return first;
        }
        List<Operation> operations = new ArrayList<>();
        List<Term> others = new ArrayList<>();
        int end = first.end();
        while (token.is('*') || token.is('/')) {
            operations.add(token.is('*') ? Operation.MULTIPLY : Operation.DIVIDE);
            advance();
            Operand next = signed();
            others.add(number(next));
            end = next.end();
        }
        return arithmetic(first, operations, others, end);
    }

    private Operand arithmetic(Operand first, List<Operation> operations, List<Term> others, int end) {
        Term term = new Arithmetic(
                number(first), operations.toArray(Operation[]::new), others.toArray(Term[]::new), slots.result());
        return Operand.of(ValueType.NUMBER, term, first.start(), end);
    }

    private Operand signed() {
        int start = token.start();
        boolean isThere = false;
        boolean isNegative = false;
        boolean isBehindMinus = false;
        while (token.is('+') || token.is('-')) {
            isThere = true;
            isBehindMinus = token.is('-');
            isNegative ^= isBehindMinus;
            advance();
        }
        NumberLiteral literal = token.number();
        if (literal != null) {
            return literal(literal, start, isNegative, isBehindMinus);
        }
        Operand operand = primary();
        if (!isThere) {
            return operand;
        }
        Term term = new Signed(number(operand), isNegative, slots.result());
        return Operand.of(ValueType.NUMBER, term, start, operand.end());
    }

    private Operand literal(NumberLiteral literal, int start, boolean isNegative, boolean isBehindMinus) {
        if (literal.isForMinus() && !isBehindMinus) {
            throw wrong("a whole number of 64 bits");
        }
        int end = advance().end();
        int slot = literal.isExact()
                ? slots.exact(isNegative ? -literal.exact() : literal.exact())
                : slots.approximate(isNegative ? -literal.approximate() : literal.approximate());
        return Operand.of(ValueType.NUMBER, new Slot(slot), start, end);
    }

    private Operand primary() {
        if (token.is('(')) {
            return parenthesis();
        }
        Token taken = token;
        if (taken.kind() == Kind.TEXT) {
            advance();
            return Operand.of(ValueType.TEXT, new Slot(slots.text(taken.value())), taken.start(), taken.end());
        }
        if (taken.is(Keyword.TRUE) || taken.is(Keyword.FALSE)) {
            advance();
            int slot = slots.truth(taken.is(Keyword.TRUE));
            return Operand.of(ValueType.TRUTH, new Slot(slot), taken.start(), taken.end());
        }
        boolean isName = taken.kind() == Kind.QUOTED_NAME || (taken.kind() == Kind.WORD && taken.keyword() == null);
        if (!isName) {
            throw wrong(VALUE);
        }
        advance();
        return names.resolve(taken);
    }

    private Operand parenthesis() {
        if (nesting == Selector.NESTING_MAX) {
            throw wrong("at most " + Selector.NESTING_MAX + " parentheses in each other");
        }
        nesting++;
        int start = advance().start();
        Operand inside = disjunction();
        int end = token.end();
        expect(')', "an operator or )");
        nesting--;
        return new Operand(inside.type(), inside.isName(), inside.term(), inside.condition(), start, end);
    }

    private Condition condition(Operand operand) {
        check(operand, ValueType.TRUTH, "a condition");
        return operand.asCondition();
    }

    private Term number(Operand operand) {
        check(operand, ValueType.NUMBER, "a number");
        return Check.notNull(operand.term(), "a number is a term");
    }

    private Term textName(Operand operand, String expected) {
        if (!operand.isName()) {
            throw wrong(operand, expected);
        }
        check(operand, ValueType.TEXT, expected);
        return operand.asTerm(slots);
    }

    private void check(Operand operand, ValueType wanted, String expected) {
        if (!operand.type().canBe(wanted)) {
            throw wrong(operand, expected);
        }
    }

    /** Goes on to the next token and returns the one before. */
    private Token advance() {
        Token before = token;
        token = lexer.next();
        return before;
    }

    private boolean take(Keyword keyword) {
        boolean isThere = token.is(keyword);
        if (isThere) {
            advance();
        }
        return isThere;
    }

    private boolean take(char symbol) {
        boolean isThere = token.is(symbol);
        if (isThere) {
            advance();
        }
        return isThere;
    }

    private void expect(Keyword keyword, String expected) {
        if (!take(keyword)) {
            throw wrong(expected);
        }
    }

    private void expect(char symbol, String expected) {
        if (!take(symbol)) {
            throw wrong(expected);
        }
    }

    private Token text(String expected) {
        if (token.kind() != Kind.TEXT) {
            throw wrong(expected);
        }
        return advance();
    }

    private SelectorException wrong(String expected) {
        return wrong(token, expected);
    }

    private SelectorException wrong(Token found, String expected) {
        return SelectorLexer.wrong(text, found.start(), found.end(), expected);
    }

    private SelectorException wrong(Operand found, String expected) {
        return SelectorLexer.wrong(text, found.start(), found.end(), expected);
    }
}
