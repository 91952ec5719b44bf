package io.millrace.broker.security;

import java.util.random.RandomGenerator;

/** Random patterns and names over a tiny alphabet, so that they often match. */
final class PatternGenerator {
    private static final String LETTERS = "aab-1";

    private final RandomGenerator random;

    PatternGenerator(RandomGenerator random) {
        this.random = random;
    }

    String name() {
        StringBuilder name = new StringBuilder();
        for (int left = random.nextInt(9); left > 0; left--) {
            name.append(letter());
        }
        return name.toString();
    }

    String glob() {
        StringBuilder glob = new StringBuilder();
        for (int left = 1 + random.nextInt(6); left > 0; left--) {
            glob.append(pick(letter(), letter(), "*", "?"));
        }
        return glob.toString();
    }

    String regex() {
        return pick("", "", "^") + alternatives(3) + pick("", "", "$");
    }

    private String alternatives(int depth) {
        StringBuilder regex = new StringBuilder(sequence(depth));
        while (random.nextInt(4) == 0) {
            regex.append('|').append(sequence(depth));
        }
        return regex.toString();
    }

    private String sequence(int depth) {
        StringBuilder regex = new StringBuilder();
        for (int left = random.nextInt(4); left > 0; left--) {
            regex.append(atom(depth)).append(repetition());
        }
        return regex.toString();
    }

    private String atom(int depth) {
        if (depth > 0 && random.nextInt(4) == 0) {
            return pick("(", "(?:") + alternatives(depth - 1) + ")";
        }
        return pick(
                letter(), letter(), letter(), ".", "[ab]", "[^a]", "[a-b1]", "[]-]", "[\\d-]", "\\d", "\\D", "\\w",
                "\\W", "\\s", "\\S", "\\.", "\\-");
    }

    private String repetition() {
        String count = pick("", "", "", "*", "+", "?", "{2}", "{0,1}", "{1,}", "{1,3}");
        return count.isEmpty() ? count : count + pick("", "", "?");
    }

    private String letter() {
        return String.valueOf(LETTERS.charAt(random.nextInt(LETTERS.length())));
    }

    private String pick(String... choices) {
        return choices[random.nextInt(choices.length)];
    }
}
