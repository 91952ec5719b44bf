package io.millrace.broker.selector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Nothing that a client can write takes more than its length in time or memory, and nothing overflows a stack. */
class HostileSelectorTest {
    @Test
    void aTextThatIsTooLongIsRefusedBeforeItIsRead() {
        String most = "a = '" + "x".repeat(Selector.TEXT_CHARS_MAX - 6) + "'";

        assertThat(new FakeMessage().isSelectedBy(most)).isFalse();
        for (String text :
                new String[] {most + " ", "(".repeat(64 << 10), "x".repeat(64 << 10), "'".repeat(64 << 10)}) {
            SelectorException refusal = catchThrowableOfType(SelectorException.class, () -> Selector.compile(text));
            assertThat(refusal.position()).isEqualTo(Selector.TEXT_CHARS_MAX + 1);
            assertThat(refusal).hasMessageContaining("at most 16384 characters");
        }
    }

    @Test
    void parenthesesNestUpToALimit() {
        int most = Selector.NESTING_MAX;
        FakeMessage message = new FakeMessage().with("a", 1L);

        assertThat(message.isSelectedBy("(".repeat(most) + "a = 1" + ")".repeat(most)))
                .isTrue();
        assertThat(message.isSelectedBy("NOT (".repeat(most) + "a = 1" + ")".repeat(most)))
                .isTrue();
        assertThat(message.isSelectedBy("(a = 1 AND ".repeat(most) + "a = 1" + ")".repeat(most)))
                .isTrue();
        assertThat(message.isSelectedBy("(1 + ".repeat(most) + "a" + ")".repeat(most) + " = 101"))
                .isTrue();
        assertThat(message.isSelectedBy("((a = 1) AND (a = 1)) OR ".repeat(200) + "FALSE"))
                .as("those that are closed do not count")
                .isTrue();
        SelectorException refusal = catchThrowableOfType(
                SelectorException.class, () -> Selector.compile("(".repeat(most + 1) + "a = 1" + ")".repeat(most + 1)));
        assertThat(refusal.position()).isEqualTo(most + 1);
        assertThat(refusal).hasMessageContaining("at most 100 parentheses");
    }

    @ParameterizedTest
    @ValueSource(strings = {"(", "((a = 1) AND (", "NOT (", "-(", "a + (", "a = 1 OR (", "a IN (", "'", "\"", "a AND "})
    void whatIsOpenedAndNeverClosedIsRefused(String opening) {
        String text = opening.repeat((Selector.TEXT_CHARS_MAX - 1) / opening.length());

        assertThatThrownBy(() -> Selector.compile(text)).isInstanceOf(SelectorException.class);
    }

    static Stream<Arguments> longChains() {
        return Stream.of(
                Arguments.of("", "a = 1", " AND ", ""),
                Arguments.of("", "b", " OR ", " OR a = 1"),
                Arguments.of("", "NOT", " ", " NOT a = 2"),
                Arguments.of("", "-", "", " a = 1 OR TRUE"),
                Arguments.of("a < ", "a", "+", "+ 1"),
                Arguments.of("a = ", "a", "*", ""),
                Arguments.of("a = ", "a", "/", ""),
                Arguments.of("t IN (", "'x'", ",", ",'t')"),
                Arguments.of("t LIKE '", "%", "", "'"),
                Arguments.of("t NOT LIKE '", "_", "", "'"),
                Arguments.of("t NOT LIKE '", "%a_", "", "'"),
                Arguments.of("t LIKE '", "%", "", "t%'"),
                Arguments.of("a BETWEEN 0 AND ", "a", "+", ""),
                Arguments.of("", "(a = 1)", " AND ", ""),
                Arguments.of("", "(a = 1) = TRUE", " AND ", ""));
    }

    @ParameterizedTest
    @MethodSource("longChains")
    void aChainMayBeAsLongAsTheText(String before, String link, String joint, String behind) {
        int room = Selector.TEXT_CHARS_MAX - before.length() - behind.length();
        int links = (room + joint.length()) / (link.length() + joint.length());
        links -= links % 2;
        String text = before + (link + joint).repeat(links - 1) + link + behind;

        assertThat(text.length()).isGreaterThan(Selector.TEXT_CHARS_MAX - 50);
        assertThat(new FakeMessage().with("a", 1L).with("t", "t").isSelectedBy(text))
                .isTrue();
    }

    @Test
    void aSelectorMayHaveThousandsOfNamesAndEachIsFound() {
        StringBuilder text = new StringBuilder();
        FakeMessage message = new FakeMessage();
        for (int i = 0; text.length() < Selector.TEXT_CHARS_MAX - 50; i++) {
            text.append(i == 0 ? "" : " AND ").append("n").append(i).append('=').append(i);
            message.with("n" + i, (long) i);
        }

        assertThat(message.isSelectedBy(text.toString())).isTrue();
        assertThat(message.isSelectedBy(text + " AND n700 = 7")).isFalse();
    }

    @Test
    void aLookAtAMessageAllocatesNothing() {
        SelectorMatcher matcher = Selector.compile(
                        "(amount * 2 + 1 > 10 OR weight / 3 < 0.5) AND color IN ('red', 'blue')"
                                + " AND NOT (color LIKE '%x_%' OR color LIKE 'b%') AND flag AND (amount > 1) = flag"
                                + " AND -amount < millrace.priority AND nothing IS NULL AND millrace.key = color")
                .newMatcher();
        RepeatedMessage message = new RepeatedMessage();
        assertThat(matcher.matches(message)).isTrue();
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long self = Thread.currentThread().getId();
        threads.getThreadAllocatedBytes(self);

        long before = threads.getThreadAllocatedBytes(self);
        int selected = 0;
        for (int i = 0; i < 10_000; i++) {
            selected += matcher.matches(message) ? 1 : 0;
        }
        long allocated = threads.getThreadAllocatedBytes(self) - before;

        assertThat(selected).isEqualTo(10_000);
        assertThat(allocated).as("bytes for 10,000 messages").isLessThan(10_000);
    }
}
