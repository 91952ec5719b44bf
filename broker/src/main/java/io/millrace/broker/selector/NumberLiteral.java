package io.millrace.broker.selector;

/**
 * A number as Java writes it (JLS 3.10.1 and 3.10.2): whole ones decimal, hexadecimal, octal or binary, with
 * underscores between digits and {@code L} behind; others decimal or hexadecimal, with {@code f} or {@code d} behind.
 * Every whole number is one of 64 bits, with or without {@code L}. Immutable.
 *
 * @param end where the text behind it begins
 * @param isExact whether it is a whole number
 * @param exact its value, if it is
 * @param approximate its value, if it is not
 * @param isForMinus whether it is 9223372036854775808, which only a minus in front makes a number of 64 bits
 */
record NumberLiteral(int end, boolean isExact, long exact, double approximate, boolean isForMinus) {
    /** The number at {@code start}, where there is a digit, or a point and a digit. */
    static NumberLiteral scan(String text, int start) {
        return new Scanner(text, start).scan();
    }

    /** Reads one number. */
    private static final class Scanner {
        private final String text;
        private final int start;
        private int at;

        Scanner(String text, int start) {
            this.text = text;
            this.start = start;
            this.at = start;
        }

        NumberLiteral scan() {
            if (isNext(0, '0') && isNext(1, 'x')) {
                at += 2;
                return hexadecimal();
            }
            if (isNext(0, '0') && isNext(1, 'b')) {
                at += 2;
                return whole(digits(2, "a binary digit"), 2);
            }
            return decimal();
        }

        private NumberLiteral hexadecimal() {
            String before = isNext(0, '.') ? "" : digits(16, "a hexadecimal digit");
            boolean hasPoint = take('.');
            if (!hasPoint && !isNext(0, 'p')) {
                return whole(before, 16);
            }
            String behind = hasPoint && (before.isEmpty() || isDigit(16)) ? digits(16, "a hexadecimal digit") : "";
            if (!take('p')) {
                throw wrong("p and an exponent of two");
            }
            return floating("0x" + before + "." + behind + "p" + exponent());
        }

        private NumberLiteral decimal() {
            String before = isNext(0, '.') ? "" : digits(10, "a digit");
            boolean hasPoint = take('.');
            String behind = hasPoint && isDigit(10) ? digits(10, "a digit") : "";
            if (take('e')) {
                return floating(before + "." + behind + "e" + exponent());
            }
            if (hasPoint || isNext(0, 'f') || isNext(0, 'd')) {
                return floating(before + "." + behind);
            }
            if (before.length() == 1 || before.charAt(0) != '0') {
                return whole(before, 10);
            }
            for (int i = 0; i < before.length(); i++) {
                if (before.charAt(i) > '7') {
                    throw wrong(start, "octal digits behind a leading 0");
                }
            }
            return whole(before, 8);
        }

        private String exponent() {
            String sign = take('-') ? "-" : "";
            if (sign.isEmpty()) {
                take('+');
            }
            return sign + digits(10, "a digit of an exponent");
        }

        /** One or more digits, without the underscores between them. */
        private String digits(int radix, String expected) {
            StringBuilder digits = new StringBuilder();
            if (!isDigit(radix)) {
                throw wrong(expected);
            }
            while (isDigit(radix)) {
                digits.append(text.charAt(at++));
                int before = at;
                while (isNext(0, '_')) {
                    at++;
                }
                if (at > before && !isDigit(radix)) {
                    throw wrong(expected);
                }
            }
            return digits.toString();
        }

        private boolean isDigit(int radix) {
            return at < text.length() && text.charAt(at) < 0x80 && Character.digit(text.charAt(at), radix) >= 0;
        }

        /** Whether the character {@code ahead} of here is {@code wanted}, a small letter standing for both. */
        private boolean isNext(int ahead, char wanted) {
            if (at + ahead >= text.length()) {
                return false;
            }
            char found = text.charAt(at + ahead);
            return found == wanted || (wanted >= 'a' && wanted <= 'z' && found == wanted - 'a' + 'A');
        }

        private boolean take(char wanted) {
            boolean isThere = isNext(0, wanted);
            at += isThere ? 1 : 0;
            return isThere;
        }

        private NumberLiteral whole(String digits, int radix) {
            take('l');
            long value = 0;
            for (int i = 0; i < digits.length(); i++) {
                int digit = Character.digit(digits.charAt(i), radix);
                // Other than decimal ones, literals may have all 64 bits set, as in Java.
                long most = radix == 10 ? Long.MIN_VALUE : -1;
                if (Long.compareUnsigned(value, Long.divideUnsigned(most - digit, radix)) > 0) {
                    throw wrong(start, "a whole number of 64 bits");
                }
                value = value * radix + digit;
            }
            return new NumberLiteral(at, true, value, 0, radix == 10 && value == Long.MIN_VALUE);
        }

        private NumberLiteral floating(String digits) {
            boolean isFloat = take('f');
            if (!isFloat) {
                take('d');
            }
            double value = isFloat ? Float.parseFloat(digits) : Double.parseDouble(digits);
            if (Double.isInfinite(value) || (value == 0 && hasDigitBut0(digits))) {
                throw wrong(start, "a number that a " + (isFloat ? "float" : "double") + " has room for");
            }
            return new NumberLiteral(at, false, 0, value, false);
        }

        /** Whether the digits in front of the exponent say that it is not zero. */
        private static boolean hasDigitBut0(String digits) {
            boolean isHexadecimal = digits.startsWith("0x");
            for (int i = isHexadecimal ? 2 : 0; i < digits.length(); i++) {
                char found = digits.charAt(i);
                if (found == 'p' || (found == 'e' && !isHexadecimal)) {
                    return false;
                }
                if (found != '0' && found != '.') {
                    return true;
                }
            }
            return false;
        }

        private SelectorException wrong(String expected) {
            return wrong(at, expected);
        }

        private SelectorException wrong(int place, String expected) {
            return SelectorLexer.wrong(text, place, expected);
        }
    }
}
