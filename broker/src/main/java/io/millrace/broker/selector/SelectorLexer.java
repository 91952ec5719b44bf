package io.millrace.broker.selector;

import org.jspecify.annotations.Nullable;

/**
 * Takes a selector apart into tokens. White space is what it is for Java (JLS 3.6), words are identifiers of Java, and
 * may have points in them; keywords are known in any mixture of ASCII capitals and small letters. One thread.
 */
final class SelectorLexer {
    private static final String TWO_CHARACTER_SYMBOLS = "<> <= >=";
    private static final String ONE_CHARACTER_SYMBOLS = "=<>+-*/(),";

    private final String text;
    private int at;

    SelectorLexer(String text) {
        this.text = text;
    }

    /** Words that are no names. */
    enum Keyword {
        NULL,
        TRUE,
        FALSE,
        NOT,
        AND,
        OR,
        BETWEEN,
        LIKE,
        IN,
        IS,
        ESCAPE;

        /** The keyword that {@code word} is; null where it is none. */
        static @Nullable Keyword of(String word) {
            for (Keyword each : values()) {
                if (isSpelled(each.name(), word)) {
                    return each;
                }
            }
            return null;
        }

        /** Letters beyond ASCII stand for none of ASCII, whatever their capitals are. */
        private static boolean isSpelled(String capitals, String word) {
            if (capitals.length() != word.length()) {
                return false;
            }
            for (int i = 0; i < word.length(); i++) {
                char found = word.charAt(i);
                if (capitals.charAt(i) != (found >= 'a' && found <= 'z' ? found - 'a' + 'A' : found)) {
                    return false;
                }
            }
            return true;
        }
    }

    /** What a token is. */
    enum Kind {
        /** A keyword, or a name. */
        WORD,
        /** A name in double quotes. */
        QUOTED_NAME,
        /** A text in single quotes. */
        TEXT,
        NUMBER,
        SYMBOL,
        END
    }

    /**
     * A part of the text.
     *
     * @param kind what it is
     * @param start where it begins
     * @param end where the text behind it begins
     * @param value what it says, without quotes
     * @param keyword which keyword it is, if it is one
     * @param number which number it is, if it is one
     */
    record Token(
            Kind kind, int start, int end, String value, @Nullable Keyword keyword, @Nullable NumberLiteral number) {
        boolean is(Keyword wanted) {
            return keyword == wanted;
        }

        boolean is(char symbol) {
            return kind == Kind.SYMBOL && value.length() == 1 && value.charAt(0) == symbol;
        }
    }

    /** The next token; throws {@link SelectorException} where there is none. */
    Token next() {
        while (at < text.length() && isSpace(text.charAt(at))) {
            at++;
        }
        int start = at;
        if (start == text.length()) {
            return new Token(Kind.END, start, start, "", null, null);
        }
        char found = text.charAt(start);
        if (found == '\'' || found == '"') {
            return quoted(start, found);
        }
        if (isDigit(start) || (found == '.' && isDigit(start + 1))) {
            NumberLiteral number = NumberLiteral.scan(text, start);
            at = number.end();
            return new Token(Kind.NUMBER, start, at, text.substring(start, at), null, number);
        }
        if (Character.isJavaIdentifierStart(text.codePointAt(start))) {
            return word(start);
        }
        return symbol(start);
    }

    private Token word(int start) {
        do {
            at += Character.charCount(text.codePointAt(at));
        } while (at < text.length() && (isNamePart(at) || (text.charAt(at) == '.' && isNameStart(at + 1))));
        String word = text.substring(start, at);
        return new Token(Kind.WORD, start, at, word, Keyword.of(word), null);
    }

    private Token symbol(int start) {
        int length = start + 2 <= text.length() && isTwoCharacterSymbol(text.substring(start, start + 2)) ? 2 : 1;
        if (length == 1 && ONE_CHARACTER_SYMBOLS.indexOf(text.charAt(start)) < 0) {
            throw wrong(text, start, "a name, a literal, an operator or a parenthesis");
        }
        at = start + length;
        return new Token(Kind.SYMBOL, start, at, text.substring(start, at), null, null);
    }

    private static boolean isTwoCharacterSymbol(String two) {
        return two.indexOf(' ') < 0 && TWO_CHARACTER_SYMBOLS.contains(two);
    }

    /** Text up to the next quote; two quotes stand for one. */
    private Token quoted(int start, char quote) {
        StringBuilder value = new StringBuilder();
        at = start + 1;
        while (at < text.length()) {
            int found = text.codePointAt(at);
            if (found == quote && (at + 1 == text.length() || text.charAt(at + 1) != quote)) {
                at++;
                return new Token(quote == '"' ? Kind.QUOTED_NAME : Kind.TEXT, start, at, value.toString(), null, null);
            }
            if (Character.getType(found) == Character.SURROGATE) {
                throw wrong(text, at, "a character of Unicode, not half of one");
            }
            value.appendCodePoint(found);
            at += found == quote ? 2 : Character.charCount(found);
        }
        throw wrong(text, at, quote + " at the end of what begins with it at character " + position(text, start));
    }

    private boolean isNamePart(int index) {
        return Character.isJavaIdentifierPart(text.codePointAt(index));
    }

    private boolean isNameStart(int index) {
        return index < text.length() && Character.isJavaIdentifierStart(text.codePointAt(index));
    }

    private boolean isDigit(int index) {
        return index < text.length() && text.charAt(index) >= '0' && text.charAt(index) <= '9';
    }

    private static boolean isSpace(char found) {
        return found == ' ' || found == '\t' || found == '\f' || found == '\n' || found == '\r';
    }

    /** Which character is at {@code index}, counted from 1. */
    private static int position(String text, int index) {
        return text.codePointCount(0, index) + 1;
    }

    /** What to throw where {@code expected} is not at {@code index}. */
    static SelectorException wrong(String text, int index, String expected) {
        return wrong(text, index, Math.min(text.length(), index + 100), expected);
    }

    /** The same; what was found goes up to {@code end}. */
    static SelectorException wrong(String text, int index, int end, String expected) {
        String found = index == text.length() ? "the end" : text.substring(index, end);
        return new SelectorException(position(text, index), expected, found);
    }
}
