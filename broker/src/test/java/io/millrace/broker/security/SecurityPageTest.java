package io.millrace.broker.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.NameRule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Holds docs/security.md and the code together. */
class SecurityPageTest {
    private final String page = read();

    private static String read() {
        try {
            return Files.readString(Path.of("../docs/security.md"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void theTableOfKindsIsTheCodes() {
        TreeMap<String, TreeSet<String>> documented = new TreeMap<>();
        for (String row : rowsAfter("| kind | lives in | actions |")) {
            String[] cells = row.split("\\|", -1);
            String kind = cells[1].strip().replace("`", "");
            TreeSet<String> actions = cells[3].contains("the same")
                    ? documented.get("queue")
                    : new TreeSet<>(List.of(cells[3].strip().replace("`", "").split(" ", -1)));
            documented.put(kind, actions);
            assertThat(cells[2].contains("a space"))
                    .as(kind)
                    .isEqualTo(kind(kind).inSpace());
        }
        TreeMap<String, TreeSet<String>> actual = new TreeMap<>();
        for (ResourceKind kind : ResourceKind.values()) {
            TreeSet<String> actions = new TreeSet<>();
            Arrays.stream(Action.values()).filter(kind::takes).forEach(action -> actions.add(action.word()));
            actual.put(kind.word(), actions);
        }
        assertThat(documented).isEqualTo(actual);
    }

    private static ResourceKind kind(String word) {
        return ResourceKind.valueOf(word.toUpperCase(Locale.ROOT));
    }

    private List<String> rowsAfter(String header) {
        return page.lines()
                .dropWhile(line -> !line.equals(header))
                .skip(2)
                .takeWhile(line -> line.startsWith("|"))
                .toList();
    }

    @Test
    void everyPatternKindIsExplained() {
        for (PatternKind kind : PatternKind.values()) {
            assertThat(page).contains("| `" + kind.word() + "` |");
        }
    }

    @Test
    void theFiguresAreTheCodes() {
        assertThat(page)
                .contains(
                        "| PBKDF2-HMAC-SHA-512 | HTTP Basic, SASL PLAIN | "
                                + figure(HashingCost.RECOMMENDED.pbkdf2Iterations()),
                        "SCRAM-SHA-512 (Kafka) | " + figure(HashingCost.RECOMMENDED.scramSha512Iterations()),
                        "SCRAM-SHA-256 (RFC 7677) | " + figure(HashingCost.RECOMMENDED.scramSha256Iterations()),
                        "1 to " + NameRule.NAME_BYTES_MAX + " bytes",
                        "at most " + User.ACCESS_KEYS_MAX + ", each an id and a secret",
                        "at most " + figure(User.STATEMENTS_MAX) + ": what they may do",
                        "at most " + User.TAGS_MAX + " labels",
                        "id of " + AccessKey.ID_CHARS + " characters (`" + AccessKey.ID_PREFIX + "` and 16 more)",
                        "secret of " + AccessKey.SECRET_CHARS,
                        "After " + AttemptBrake.FREE_FAILURES + " failures",
                        "at most " + AttemptBrake.HELD_SECONDS_MAX + ".",
                        AttemptBrake.FORGET_SECONDS / 60 + " minutes without a failure",
                        "At most " + figure(AttemptBrake.PAIRS_MAX) + " such pairs",
                        "At most " + NamePattern.WILD_CHARS_MAX + " characters",
                        figure(RegexSubset.PROGRAM_STEPS_MAX) + " steps");
    }

    private static String figure(int number) {
        return String.format(Locale.ROOT, "%,d", number);
    }
}
