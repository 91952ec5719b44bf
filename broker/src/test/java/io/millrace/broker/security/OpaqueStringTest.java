package io.millrace.broker.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OpaqueStringTest {
    /** The first four are examples 10 to 13 of RFC 8265, table 4. */
    @ParameterizedTest
    @CsvSource(
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "correct horse battery staple,correct horse battery staple",
                "Correct Horse Battery Staple,Correct Horse Battery Staple",
                "\u03C0\u00DF\u00E5,\u03C0\u00DF\u00E5",
                "Jack of \u2666s,Jack of \u2666s",
                "foo\u1680bar,foo bar",
                "a\u00A0b\u3000c,a b c",
                "e\u0301,\u00E9",
                "\uFF21,\uFF21",
                " x ,' x '",
            })
    void whatIsTypedComesIntoOneForm(String typed, String form) {
        assertThat(OpaqueString.isFit(typed)).isTrue();
        assertThat(OpaqueString.enforce(typed)).isEqualTo(form);
        assertThat(OpaqueString.enforce(form)).isEqualTo(form);
    }

    /** Among them examples 14 (empty) and 15 (a control character) of RFC 8265, table 4. */
    @ParameterizedTest
    @ValueSource(
            strings = {"", "my cat is a \tby", "\0", "a\u200Bb", "a\u202Eb", "\u2028", "\uE000", "\uD834", "\uFFFF"})
    void whatNoPasswordCanHaveIsRefusedWithoutRepeatingIt(String typed) {
        assertThat(OpaqueString.isFit(typed)).isFalse();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> OpaqueString.enforce(typed))
                .satisfies(e -> assertThat(typed.isEmpty() || !e.getMessage().contains(typed))
                        .isTrue());
    }

    @Test
    void thereIsALongestPassword() {
        assertThat(OpaqueString.isFit("x".repeat(OpaqueString.CHARS_MAX))).isTrue();
        assertThat(OpaqueString.isFit("x".repeat(OpaqueString.CHARS_MAX + 1))).isFalse();
    }
}
