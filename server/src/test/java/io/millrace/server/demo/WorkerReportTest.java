package io.millrace.server.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A line of a worker is read whole or not at all: the worker may be killed while it writes. */
class WorkerReportTest {
    private static final WorkerReport REPORT =
            new WorkerReport(List.of(new WorkerReport.Done("1-17", 1), new WorkerReport.Done("1-18", 12)), 3);

    @Test
    void whatIsWrittenIsRead() {
        assertThat(REPORT.toLine()).isEqualTo("done 1-17:1 1-18:12 lost 3");
        assertThat(WorkerReport.parse(REPORT.toLine())).isEqualTo(REPORT);
        assertThat(WorkerReport.parse(new WorkerReport(List.of(), 5).toLine()))
                .isEqualTo(new WorkerReport(List.of(), 5));
    }

    @Test
    void aLineThatIsCutShortIsRefused() {
        String line = REPORT.toLine();
        for (int length = 0; length < line.length(); length++) {
            String cut = line.substring(0, length);
            assertThatThrownBy(() -> WorkerReport.parse(cut)).as(cut).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "done", "done lost", "done x lost 1", "done 1:x lost 1", "did 1-1:1 lost 0"})
    void anythingElseIsRefused(String line) {
        assertThatThrownBy(() -> WorkerReport.parse(line)).isInstanceOf(IllegalArgumentException.class);
    }
}
