package io.millrace.server.demo;

import static io.millrace.server.demo.Comparison.CHANGED;
import static io.millrace.server.demo.Comparison.EQUAL;
import static io.millrace.server.demo.Comparison.UNREADABLE;
import static io.millrace.server.demo.Comparison.WRONG;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A file that changes meanwhile excuses a difference, nothing else does. */
class ComparisonTest {
    private static final Checksum RIGHT = new Checksum("aa", "", "1@t");
    private static final Checksum FALSE = new Checksum("bb", "", "1@t");
    private static final Checksum LATER = new Checksum("bb", "", "2@u");
    private static final Checksum UNSTABLE = new Checksum("bb", "", "");
    private static final Checksum GONE = new Checksum("", "there is no such file", "");

    @Test
    void theSameChecksumIsRightWhateverTheTimes() {
        assertThat(Comparison.of(List.of(RIGHT, new Checksum("aa", "", "")), () -> RIGHT))
                .isEqualTo(EQUAL);
    }

    @Test
    void anotherChecksumOfTheSameUnchangedFileIsWrong() {
        assertThat(Comparison.of(List.of(FALSE), () -> RIGHT)).isEqualTo(WRONG);
    }

    @Test
    void oneWrongResultAmongRightOnesIsWrong() {
        assertThat(Comparison.of(List.of(RIGHT, FALSE, LATER, RIGHT), () -> RIGHT))
                .isEqualTo(WRONG);
    }

    @Test
    void aFileThatChangedBetweenOrDuringTheReadingsCannotBeCompared() {
        assertThat(Comparison.of(List.of(LATER), () -> RIGHT)).isEqualTo(CHANGED);
        assertThat(Comparison.of(List.of(UNSTABLE), () -> RIGHT)).isEqualTo(CHANGED);
        assertThat(Comparison.of(List.of(RIGHT), () -> UNSTABLE)).isEqualTo(CHANGED);
    }

    @Test
    void aFileThatWentOrCameCannotBeCompared() {
        assertThat(Comparison.of(List.of(RIGHT), () -> GONE)).isEqualTo(CHANGED);
        assertThat(Comparison.of(List.of(GONE), () -> RIGHT)).isEqualTo(CHANGED);
    }

    @Test
    void aFileThatNobodyCanReadIsUnreadable() {
        assertThat(Comparison.of(List.of(GONE), () -> GONE)).isEqualTo(UNREADABLE);
    }

    @Test
    void aFileThatChangesWithoutItsTimeIsFoundOutByReadingItAgain() {
        Iterator<Checksum> readings =
                List.of(RIGHT, new Checksum("cc", "", "1@t")).iterator();

        assertThat(Comparison.of(List.of(FALSE), readings::next)).isEqualTo(CHANGED);
    }
}
