package io.millrace.broker.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NamePatternTest {
    private static boolean matches(NamePattern pattern, String name) {
        return NameMatcher.of(pattern).matches(name);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "",
            value = {
                "LITERAL, orders,    orders,      true",
                "LITERAL, orders,    orders-1,    false",
                "LITERAL, orders,    Orders,      false",
                "LITERAL, a*,        ab,          false",
                "PREFIX,  orders-,   orders-1,    true",
                "PREFIX,  orders-,   orders-,     true",
                "PREFIX,  orders-,   orders,      false",
                "PREFIX,  .,         .hidden,     true",
                "GLOB,    *,         anything,    true",
                "GLOB,    orders-*,  orders-1,    true",
                "GLOB,    orders-*,  my-orders-1, false",
                "GLOB,    *-dlq,     orders-dlq,  true",
                "GLOB,    *-dlq,     orders-dlq2, false",
                "GLOB,    a?c,       abc,         true",
                "GLOB,    a?c,       ac,          false",
                "GLOB,    a.c,       abc,         false",
                "GLOB,    ?,         𝄞,           true",
                "GLOB,    ??,        𝄞,           false",
                "GLOB,    *??,       𝄞,           false",
                "GLOB,    *?,        𝄞,           true",
                "REGEX,   orders,    my-orders-1, true",
                "REGEX,   ^orders,   my-orders-1, false",
                "REGEX,   ^orders$,  orders,      true",
                "REGEX,   .*,        anything,    true",
                "REGEX,   ^.*$,      anything,    true",
                "REGEX,   ^$,        anything,    false",
                "REGEX,   ^(a|b)\\., b.x,         true",
                "REGEX,   ^(a|b)\\., bx,          false",
                "REGEX,   ^.$,       𝄞,           true",
            })
    void aPatternOfEachKindMatchesWhatItsKindSays(PatternKind kind, String text, String name, boolean expected) {
        assertThat(matches(new NamePattern(kind, text), name)).isEqualTo(expected);
    }

    @Test
    void globsAgreeWithTheirTranslationIntoRegularExpressions() {
        PatternGenerator generator = new PatternGenerator(new Random(20_261));
        for (int round = 0; round < 20_000; round++) {
            String glob = generator.glob();
            String name = generator.name();
            String translated = glob.replace("*", ".*").replace('?', '.');
            assertThat(matches(NamePattern.glob(glob), name))
                    .as("glob %s on %s", glob, name)
                    .isEqualTo(Pattern.matches(translated, name));
        }
    }

    @Test
    void regularExpressionsAgreeWithTheOnesOfJava() {
        PatternGenerator generator = new PatternGenerator(new Random(7_677));
        int matched = 0;
        int compared = 0;
        for (int round = 0; round < 20_000; round++) {
            String regex = generator.regex();
            if (!regex.isEmpty()) {
                String name = generator.name();
                boolean expected = Pattern.compile(regex).matcher(name).find();
                assertThat(matches(NamePattern.regex(regex), name))
                        .as("regex %s on %s", regex, name)
                        .isEqualTo(expected);
                matched += expected ? 1 : 0;
                compared++;
            }
        }
        assertThat(compared).isGreaterThan(18_000);
        assertThat(matched).as("both answers are common").isBetween(compared / 10, compared * 9 / 10);
    }

    @ParameterizedTest
    @ValueSource(strings = {"(a+)+$", "(a|a)*$", "(a|aa)+$", "(.*a){12}$", "^(([a-z])+.)+[A-Z]$", "(x+x+)+y|(a*)*$"})
    void aHostilePatternReadsTheNameOnceNotExponentiallyOften(String regex) {
        String name = "a".repeat(200) + "!";
        CountingName counted = new CountingName(name, 10L * name.length());

        NameMatcher.of(NamePattern.regex(regex.replace("$", "\\?"))).matches(counted);

        assertThat(counted.reads()).isBetween((long) name.length(), 10L * name.length());
    }

    @Test
    void theHostilePatternsAreHostile() {
        CountingName counted = new CountingName("a".repeat(200) + "!", 1_000_000);

        assertThatThrownBy(
                        () -> Pattern.compile("(.*a){12}\\?").matcher(counted).find())
                .isInstanceOf(CountingName.TooManyReads.class);
    }

    @Test
    void aHostileGlobTakesPatternTimesNameStepsAtMost() {
        String glob = "*a".repeat(100) + "b";
        CountingName counted = new CountingName("a".repeat(255), 255L * glob.length());

        assertThat(NameMatcher.of(NamePattern.glob(glob)).matches(counted)).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "(?=a)         ~ only (?: is known",
                "(?i)a         ~ only (?: is known",
                "(?<n>a)       ~ only (?: is known",
                "(a)\\1        ~ of the escapes",
                "\\bfoo        ~ of the escapes",
                "\\Qa\\E       ~ of the escapes",
                "\\pL          ~ of the escapes",
                "\\            ~ of the escapes",
                "[\\x]         ~ of the escapes",
                "[[:alpha:]]   ~ named classes",
                "[a            ~ a class is not closed",
                "[]            ~ a class is not closed",
                "(a            ~ a group is not closed",
                "a)            ~ a group is closed",
                "*a            ~ nothing to repeat",
                "a**           ~ nothing to repeat",
                "a*+           ~ nothing to repeat",
                "(|*)          ~ nothing to repeat",
                "a{,3}         ~ no count",
                "a{x}          ~ no count",
                "{3}           ~ nothing to repeat",
                "a{            ~ no count",
                "a{3,2}        ~ ends below",
                "a{1001}       ~ invalid repeat count",
                "[b-a]         ~ invalid character class range",
                "((a{100}){100}){100} ~ too large",
                "(a{1000}b{1000})     ~ too large",
                "((((a?){9}){9}){9}){9} ~ too large",
            })
    void whatIsNotInTheSubsetIsRefusedWithItsReason(String regex, String reason) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NamePattern.regex(regex))
                .withMessageStartingWith("regular expression")
                .withMessageContaining(reason);
    }

    @Test
    void deepNestingIsRefusedBeforeItIsCompiled() {
        assertThat(NamePattern.regex("(".repeat(50) + "a" + ")".repeat(50)).kind())
                .isEqualTo(PatternKind.REGEX);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NamePattern.regex("(".repeat(51) + "a" + ")".repeat(51)))
                .withMessageContaining("nest deeper");
    }

    @Test
    void theEstimateIsNotFarBelowTheCompiledSize() {
        PatternGenerator generator = new PatternGenerator(new Random(99));
        for (int round = 0; round < 5_000; round++) {
            String regex = "(" + generator.regex() + "){30}";
            try {
                assertThat(RegexSubset.compile(regex).programSize())
                        .as(regex)
                        .isLessThan(2 * RegexSubset.PROGRAM_STEPS_MAX);
            } catch (IllegalArgumentException e) {
                assertThat(e).as(regex).hasMessageContaining("too large");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"LITERAL", "PREFIX", "GLOB", "REGEX"})
    void anEmptyOrOverlongPatternIsRefused(PatternKind kind) {
        assertThatIllegalArgumentException().isThrownBy(() -> new NamePattern(kind, ""));
        assertThatIllegalArgumentException().isThrownBy(() -> new NamePattern(kind, "a".repeat(513)));
    }
}
