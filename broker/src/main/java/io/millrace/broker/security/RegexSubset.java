package io.millrace.broker.security;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;

/**
 * The regular expressions that permissions may use: literals, {@code .}, classes, the escapes {@code \d \w \s} with
 * their opposites and an escaped punctuation character, groups, alternation, {@code * + ?} and counts in braces, lazy
 * forms of these, {@code ^} and {@code $}. That is what RabbitMQ's permission patterns are made of and what its engine
 * (PCRE) and ours (RE2, linear time) agree on; anything else is refused by name.
 *
 * <p>{@link #check} also adds up how large the compiled program will be, because counts multiply when they nest, and
 * refuses more than {@value #PROGRAM_STEPS_MAX} steps before anything is compiled. One pass, no recursion.
 *
 * <p>Single use; any thread for the static methods.
 */
final class RegexSubset {
    static final int PROGRAM_STEPS_MAX = 2_000;
    private static final int DEPTH_MAX = 50;
    private static final int NOTHING = -1;

    private final String text;
    private final long[] stepsOfOuter = new long[DEPTH_MAX];
    private int depth;
    private int at;
    /** Steps of the group that is open, without the last atom. */
    private long steps;
    /** Steps of what a repetition here would repeat, or {@link #NOTHING}. */
    private long atomSteps = NOTHING;

    private RegexSubset(String text) {
        this.text = text;
    }

    /** @throws IllegalArgumentException if the text is not in the subset; says what is wrong and where */
    static Pattern compile(String text) {
        check(text);
        try {
            return Pattern.compile(text);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException("regular expression: " + e.getDescription(), e);
        }
    }

    /** @throws IllegalArgumentException if the text is not in the subset; says what is wrong and where */
    static void check(String text) {
        new RegexSubset(text).scan();
    }

    private void scan() {
        while (at < text.length()) {
            scanOne();
            if (steps + Math.max(atomSteps, 0) > PROGRAM_STEPS_MAX) {
                throw refused("it is too large here: more than " + PROGRAM_STEPS_MAX + " steps");
            }
        }
        if (depth > 0) {
            throw refused("a group is not closed");
        }
    }

    private void scanOne() {
        char next = text.charAt(at);
        switch (next) {
            case '(' -> openGroup();
            case ')' -> closeGroup();
            case '[' -> skipClass();
            case '\\' -> skipEscape();
            case '*', '+', '?' -> repeat(1);
            case '{' -> count();
            case '|' -> {
                steps += Math.max(atomSteps, 0) + 1;
                atomSteps = NOTHING;
                at++;
            }
            default -> {
                at += Character.charCount(text.codePointAt(at));
                atom(1);
            }
        }
    }

    private void atom(long itsSteps) {
        steps += Math.max(atomSteps, 0);
        atomSteps = itsSteps;
    }

    private void openGroup() {
        if (depth == DEPTH_MAX) {
            throw refused("groups nest deeper than " + DEPTH_MAX);
        }
        at++;
        if (at < text.length() && text.charAt(at) == '?') {
            if (!text.startsWith("?:", at)) {
                throw refused("of the groups that begin with (? only (?: is known");
            }
            at += 2;
        }
        steps += Math.max(atomSteps, 0);
        stepsOfOuter[depth++] = steps;
        steps = 0;
        atomSteps = NOTHING;
    }

    private void closeGroup() {
        if (depth == 0) {
            throw refused("a group is closed that was not opened");
        }
        at++;
        long inner = steps + Math.max(atomSteps, 0) + 2;
        steps = stepsOfOuter[--depth];
        atomSteps = inner;
    }

    private void skipClass() {
        at++;
        if (at < text.length() && text.charAt(at) == '^') {
            at++;
        }
        int first = at;
        while (at < text.length() && (text.charAt(at) != ']' || at == first)) {
            if (text.startsWith("[:", at)) {
                throw refused("named classes are not known");
            }
            if (text.charAt(at) == '\\') {
                checkEscape();
                at++;
            }
            at++;
        }
        if (at >= text.length()) {
            throw refused("a class is not closed");
        }
        at++;
        atom(1);
    }

    private void skipEscape() {
        checkEscape();
        at += 2;
        atom(1);
    }

    private void checkEscape() {
        char escaped = at + 1 < text.length() ? text.charAt(at + 1) : 'n';
        boolean punctuation = escaped > ' ' && escaped < 0x7F && !Character.isLetterOrDigit(escaped);
        if (!punctuation && "dDwWsS".indexOf(escaped) < 0) {
            throw refused("of the escapes only \\d \\D \\w \\W \\s \\S and escaped punctuation are known");
        }
    }

    private void count() {
        int close = text.indexOf('}', at);
        String inside = close < 0 ? "" : text.substring(at + 1, close);
        if (!inside.matches("[0-9]{1,4}(,([0-9]{1,4})?)?")) {
            throw refused("a brace that is no count is written \\{");
        }
        int comma = inside.indexOf(',');
        int least = Integer.parseInt(comma < 0 ? inside : inside.substring(0, comma));
        boolean open = comma == inside.length() - 1;
        int most = comma < 0 ? least : open ? least + 1 : Integer.parseInt(inside.substring(comma + 1));
        if (most < least) {
            throw refused("a count ends below its start");
        }
        at = close;
        repeat(most);
    }

    /** Applies the repetition whose last character is at {@link #at}, lazy or not. */
    private void repeat(int most) {
        if (atomSteps == NOTHING) {
            throw refused("there is nothing to repeat");
        }
        steps += atomSteps * most + 1;
        atomSteps = NOTHING;
        at++;
        if (at < text.length() && text.charAt(at) == '?') {
            at++;
        }
    }

    private IllegalArgumentException refused(String why) {
        return new IllegalArgumentException("regular expression, position " + at + ": " + why);
    }
}
