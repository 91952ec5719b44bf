package io.millrace.broker.selector;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.millrace.testkit.SeedSource;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LikePatternTest {
    private static final String PATTERNS =
            """
            ``      | ``       | true
            ``      | a        | false
            %       | ``       | true
            %       | anything | true
            %%      | ``       | true
            _       | ``       | false
            _       | a        | true
            _       | ab       | false
            __      | a        | false
            12%3    | 123      | true
            12%3    | 12993    | true
            12%3    | 1234     | false
            l_se    | lose     | true
            l_se    | loose    | false
            a%      | a        | true
            a%      | ba       | false
            %a      | a        | true
            %a      | ab       | false
            a%a     | a        | false
            a%a     | aa       | true
            ab%bc   | abc      | false
            ab%bc   | abbc     | true
            %aab%   | aaab     | true
            %aa%aa% | aaa      | false
            %aa%aa% | aaaa     | true
            a%b%c   | abc      | true
            a%b%c   | acbc     | true
            a%b%c   | acb      | false
            %b_%    | ab       | false
            %b_%    | aab.     | true
            %_b%    | b        | false
            %_b%    | bb       | true
            %b_b%   | bbab     | true
            %a_a%_% | axa      | false
            %a_a%_% | axab     | true
            A       | a        | false
            _       | ü        | true
            _       | 𝄞        | true
            __      | 𝄞        | false
            %_      | 𝄞        | true
            _%      | 𝄞        | true
            _%_     | 𝄞        | false
            _%_     | 𝄞ü       | true
            %_%_%   | 𝄞        | false
            %_%_%   | 𝄞ü       | true
            %ü%     | aüb      | true
            %ü_%    | aü       | false
            %ü_%    | aü𝄞      | true
            %x_y%   | ax𝄞yb    | true
            %x_y%   | ax𝄞𝄞yb   | false
            %x__y%  | ax𝄞üyb   | true
            .*      | ab       | false
            [a]     | a        | false
            """;

    private static boolean matches(LikePattern pattern, String text) {
        ByteBuf source = Unpooled.copiedBuffer("__" + text + "%%", UTF_8);
        return pattern.matches(source, 2, source.readableBytes() - 2);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = PATTERNS)
    void aTextIsLikeAPatternOrNot(String pattern, String text, boolean expected) {
        assertThat(matches(LikePattern.of(pattern), text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "!_%,     !, _foo,  true",
                "!_%,     !, bar,   false",
                "a!%b,    !, a%b,   true",
                "a!%b,    !, acb,   false",
                "a!!b,    !, a!b,   true",
                "a!!%,    !, a!bc,  true",
                "%!%!_%,  !, x%_y,  true",
                "%!%!_%,  !, x%ay,  false",
                "a𝄞_b,    𝄞, a_b,   true",
                "a𝄞_b,    𝄞, axb,   false",
                "%%a,     %, %a,    true",
                "__a,     _, _a,    true",
                "__a,     _, xa,    false",
            })
    void anEscapeCharacterTakesTheMeaningFromWhatFollows(String pattern, String escape, String text, boolean expected) {
        assertThat(matches(LikePattern.of(pattern, escape.codePointAt(0)), text))
                .isEqualTo(expected);
    }

    @Test
    void anEscapeCharacterStandsBeforeWhatHasAMeaning() {
        assertThatIllegalArgumentException().isThrownBy(() -> LikePattern.of("a!b", '!'));
        assertThatIllegalArgumentException().isThrownBy(() -> LikePattern.of("a!", '!'));
    }

    /** Few characters, so that pieces overlap themselves and each other. */
    @ParameterizedTest
    @SeedSource(runs = 20)
    void itAgreesWithOneThatTriesEverything(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int[] alphabet = {'a', 'b', 'ü', 0x1D11E, 0x20AC};
        int alike = 0;
        int rounds = 3_000;
        for (int i = 0; i < rounds; i++) {
            int letters = random.nextInt(1, alphabet.length + 1);
            String pattern = text(random, alphabet, letters, random.nextInt(9), "%_%_!");
            String text = text(random, alphabet, letters, random.nextInt(14), "");
            if (isEscapedWell(pattern)) {
                boolean expected = naive(
                        pattern.codePoints().toArray(), 0, text.codePoints().toArray(), 0);
                assertThat(matches(LikePattern.of(pattern, '!'), text))
                        .as("'%s' LIKE '%s'", text, pattern)
                        .isEqualTo(expected);
                alike += expected ? 1 : 0;
            }
        }
        assertThat(alike).as("both answers are common").isBetween(rounds / 20, rounds / 2);
    }

    private static String text(SplittableRandom random, int[] alphabet, int letters, int length, String others) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            if (!others.isEmpty() && random.nextInt(2) == 0) {
                text.append(others.charAt(random.nextInt(others.length())));
            } else {
                text.appendCodePoint(alphabet[random.nextInt(letters)]);
            }
        }
        return text.toString();
    }

    private static boolean isEscapedWell(String pattern) {
        for (int i = 0; i < pattern.length(); i++) {
            if (pattern.charAt(i) == '!') {
                i++;
                if (i == pattern.length() || "%_!".indexOf(pattern.charAt(i)) < 0) {
                    return false;
                }
            }
        }
        return true;
    }

    private static boolean naive(int[] pattern, int inPattern, int[] text, int inText) {
        if (inPattern == pattern.length) {
            return inText == text.length;
        }
        if (pattern[inPattern] == '%') {
            for (int i = inText; i <= text.length; i++) {
                if (naive(pattern, inPattern + 1, text, i)) {
                    return true;
                }
            }
            return false;
        }
        if (inText == text.length) {
            return false;
        }
        boolean isOpen = pattern[inPattern] == '_';
        int place = pattern[inPattern] == '!' ? inPattern + 1 : inPattern;
        return (isOpen || pattern[place] == text[inText]) && naive(pattern, place + 1, text, inText + 1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "%a%a%a%a%a%a%a%a%a%a%a%a%a%a%a%b",
                "%aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab%",
                "%aaaaaaaaaaaaaaaa_aaaaaaaaaaaaaab%",
                "%a_a_a_a_a_a_a_a_a_a_a_a_a_a_a_ab%c",
                "%_%_%_%_%_%_%_%_%_%_%_%_%_%_%_%b%",
                "a%aaaaaaaaaaaaaaaaaaaaaaaaaaaaab%a",
                "%ab%ab%ab%ab%ab%"
            })
    void whateverThePatternATextIsReadAboutOnce(String pattern) {
        CountedText text = new CountedText("a".repeat(60_000));

        LikePattern.of(pattern).matches(text, 0, text.readableBytes());

        assertThat(text.reads()).isLessThan(2L * text.readableBytes() + pattern.length());
    }

    @Test
    void aLongPieceIsLookedForInLinearTimeToo() {
        CountedText text = new CountedText("a".repeat(60_000));

        assertThat(LikePattern.of("%" + "a".repeat(8_000) + "b%").matches(text, 0, text.readableBytes()))
                .isFalse();
        assertThat(text.reads()).isLessThan(2L * text.readableBytes());
    }

    @Test
    void aLongPieceThatHasOpenCharactersIsRefusedOnlyBetweenTwoPercentSigns() {
        String open = "a_" + "a".repeat(62);

        assertThat(matches(LikePattern.of("%" + open + "%"), "x" + open + "x")).isTrue();
        assertThat(matches(LikePattern.of("%" + open + "%"), "x" + open.replace('a', 'b')))
                .isFalse();
        assertThat(matches(LikePattern.of(open + "a%b" + open), open + "ab" + open))
                .isTrue();
        assertThat(matches(LikePattern.of(open + "aa"), open + "aa")).isTrue();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LikePattern.of("%" + open + "a%"))
                .withMessageContaining("at most 64 bytes");
    }
}
