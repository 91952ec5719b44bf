package io.millrace.broker.selector;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** Makes conditions up. One thread. */
final class RandomCondition {
    static final List<String> NAMES = List.of("a", "b", "c", "d", "größe", "x.y", "long_name$1");
    static final String[] TEXTS = {"", "a", "ab", "it's", "ü𝄞", "aab", "b"};
    private static final String[] PATTERNS = {"%", "a%", "_", "%b", "a_", "%''%", "_𝄞", "%a%b%", ""};
    private static final String[] OPERATORS = {"=", "<>", "<", "<=", ">", ">="};

    private final SplittableRandom random;

    RandomCondition(SplittableRandom random) {
        this.random = random;
    }

    PlainCondition condition(int depth) {
        if (depth == 0) {
            return leaf();
        }
        return switch (random.nextInt(6)) {
            case 0 -> new PlainCondition.Not(condition(depth - 1));
            case 1, 2, 3 ->
                new PlainCondition.Joined(
                        random.nextBoolean(),
                        Stream.generate(() -> condition(depth - 1))
                                .limit(random.nextInt(2, 4))
                                .toList());
            default -> leaf();
        };
    }

    private PlainCondition leaf() {
        boolean isNegative = random.nextBoolean();
        return switch (random.nextInt(10)) {
            case 0 -> new PlainCondition.Fixed(random.nextBoolean() ? Truth.TRUE : Truth.FALSE);
            case 1 -> new PlainCondition.Flag(name());
            case 2 -> new PlainCondition.IsNull(name(), isNegative);
            case 3 -> new PlainCondition.Between(number(2), number(2), number(2), isNegative);
            case 4 -> oneOf(isNegative);
            case 5 -> like(isNegative);
            case 6 -> new PlainCondition.Compared(isNegative ? "<>" : "=", name(), anything());
            case 7 -> new PlainCondition.Compared(isNegative ? "<>" : "=", anything(), name());
            default -> new PlainCondition.Compared(OPERATORS[random.nextInt(OPERATORS.length)], number(3), number(3));
        };
    }

    private PlainCondition oneOf(boolean isNegative) {
        List<String> texts =
                Stream.generate(this::text).limit(random.nextInt(1, 4)).toList();
        String written =
                String.join(",", texts.stream().map(RandomCondition::quoted).toList());
        return new PlainCondition.Asked(
                name(), isNegative, (found, none) -> texts.contains(found), "", "in(" + written + ")");
    }

    private PlainCondition like(boolean isNegative) {
        String pattern = PATTERNS[random.nextInt(PATTERNS.length)];
        String regex = pattern.replace("''", "'").replace("%", ".*").replace('_', '.');
        return new PlainCondition.Asked(name(), isNegative, String::matches, regex, "LIKE '" + pattern + "'");
    }

    private PlainCondition.Name name() {
        return new PlainCondition.Name(NAMES.get(random.nextInt(NAMES.size())));
    }

    private String text() {
        return TEXTS[random.nextInt(TEXTS.length)];
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    private PlainCondition.Value anything() {
        return switch (random.nextInt(4)) {
            case 0 -> {
                String text = text();
                yield new PlainCondition.Literal(text, quoted(text));
            }
            case 1 ->
                random.nextBoolean()
                        ? new PlainCondition.Literal(true, "TRUE")
                        : new PlainCondition.Literal(false, "false");
            default -> number(1);
        };
    }

    private PlainCondition.Value number(int depth) {
        if (depth > 0 && random.nextInt(3) == 0) {
            return random.nextInt(4) == 0
                    ? new PlainCondition.Minus(number(depth - 1))
                    : new PlainCondition.Operation(
                            "+-*/".charAt(random.nextInt(4)), number(depth - 1), number(depth - 1));
        }
        return switch (random.nextInt(4)) {
            case 0 -> whole();
            case 1 -> {
                double value = random.nextInt(0, 7) / 2.0;
                yield new PlainCondition.Literal(value, Double.toString(value));
            }
            default -> name();
        };
    }

    private PlainCondition.Value whole() {
        long value = random.nextInt(4);
        String text = random.nextBoolean() ? Long.toString(value) : "0x" + Long.toHexString(value) + "L";
        return new PlainCondition.Literal(value, text);
    }
}
