package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NameRuleTest {
    @ParameterizedTest
    @ValueSource(strings = {"a", "orders", "amq.gen-x/y", "a b", "日本", "…", "a:b", "*", "...", "\u00A0", "𝄞"})
    void whatHasNoControlCharacterIsAName(String name) {
        assertThat(new ResourceName(name).value()).isEqualTo(name);
        assertThat(new ResourceName(name)).hasToString(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", ".", "..", "\0", "a\nb", "\u007F", "\u0085", "a\u009F", "\uD834", "x\uDD1E", "\uDD1E\uD834"})
    void emptyDotsControlsAndLoneSurrogatesAreNoNames(String name) {
        assertThatIllegalArgumentException().isThrownBy(() -> new ResourceName(name));
        assertThatIllegalArgumentException().isThrownBy(() -> new SpaceName(name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "é", "日", "𝄞"})
    void theLimitIsInBytesOfUtf8(String character) {
        int bytes = character.getBytes(StandardCharsets.UTF_8).length;
        String longest = character.repeat(NameRule.NAME_BYTES_MAX / bytes);

        assertThat(NameRule.fault(longest)).isNull();
        assertThat(NameRule.fault(longest + character)).contains("255 bytes");
    }

    @Test
    void theMessageSaysWhereAndDoesNotRepeatTheName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NameRule.check("queue name", "evil\u001B[2J"))
                .withMessage("queue name has the control character U+001B at position 4");
    }

    @Test
    void whatStoresMessagesIsNotCalledLikeASubscription() {
        assertThat(NameRule.checkStore("queue name", "a:b:")).isEqualTo("a:b:");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NameRule.checkStore("queue name", "a::b"))
                .withMessageContaining("at position 1");
        assertThat(NameRule.fault("a::b")).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "*"})
    void aSpaceIsNotCalledAsSpacesAreSpelled(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SpaceName(name))
                .withMessageContaining("reserved");
    }
}
