package io.millrace.server.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the terminal shows of the progress. */
class ScreenTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final Style plain = Style.of(Map.of(), false);
    private final Progress progress = new Progress();
    private final AtomicLong done = new AtomicLong();

    @Test
    void aPhaseWaitsRunsAndIsOver() {
        assertThat(line("work")).isEqualTo("   work         ");
        progress.work.begin(200, done::get, 0);
        done.set(50);
        assertThat(line("work"))
                .isEqualTo(" > work         #####----------------              50 of 200      50/s    1.0 s");
        progress.work.end("", SECOND);
        assertThat(line("work"))
                .isEqualTo(" * work         #####################             200 of 200     200/s    1.0 s");
    }

    @Test
    void aPhaseThatCountsNothingTellsWhatCameOfIt() {
        progress.find.begin(0, () -> 0, 0);
        assertThat(line("find files")).startsWith(" > find files").endsWith(" 1.0 s");
        progress.find.end("7 files", SECOND);
        assertThat(line("find files")).startsWith(" * find files   7 files  ");
    }

    @Test
    void theRateIsThatOfTheLastMoments() {
        progress.work.begin(10_000, done::get, 0);
        progress.phases(0);
        done.set(1_000);
        progress.phases(10 * SECOND);
        done.set(1_020);

        assertThat(progress.work.view(12 * SECOND).perSecond()).isEqualTo(10);
    }

    @Test
    void processesAreShownWhileThereIsWork() {
        progress.onProcess(() -> "worker 1  running");
        assertThat(lines(80)).noneMatch(line -> line.contains("worker 1"));
        progress.work.begin(1, done::get, 0);
        assertThat(lines(80)).contains("      worker 1  running");
        progress.work.end("", SECOND);
        assertThat(lines(80)).noneMatch(line -> line.contains("worker 1"));
    }

    @ParameterizedTest
    @ValueSource(ints = {68, 69, 72, 80, 81, 100, 200})
    void noLineIsAsWideAsTheTerminalSoThatNoneWraps(int columns) {
        progress.onProcess(() -> "worker".repeat(100));
        progress.find.begin(0, () -> 0, 0);
        progress.find.end("words ".repeat(100), SECOND);
        progress.publish.begin(1_000_000, () -> 999_999, 0);
        progress.work.begin(1_000_000, () -> 999_999, 0);

        assertThat(lines(columns)).allSatisfy(line -> assertThat(line.length()).isLessThan(columns));
    }

    @Test
    void coloursAndBlocksAreForTerminalsThatHaveThem() {
        assertThat(Style.of(Map.of("LANG", "de_DE.UTF-8"), false).bar(0.5, 4)).isEqualTo("\u2588\u2588\u2591\u2591");
        assertThat(Style.of(Map.of("LC_ALL", "C", "LANG", "de_DE.UTF-8"), false).bar(0.5, 4))
                .isEqualTo("##--");
        assertThat(Style.of(Map.of(), true).bad("x")).isEqualTo("\u001b[31mx\u001b[0m");
        assertThat(plain.bad("x")).isEqualTo("x");
    }

    private String line(String phase) {
        return lines(80).stream()
                .filter(line -> line.contains(phase))
                .findFirst()
                .orElseThrow();
    }

    private List<String> lines(int columns) {
        return new Screen(plain, columns).lines(progress, SECOND);
    }
}
