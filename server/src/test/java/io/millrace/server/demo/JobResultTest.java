package io.millrace.server.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** A result travels as JSON and arrives as it was. */
class JobResultTest {
    @Test
    void whatIsWrittenIsRead() {
        var result = new JobResult("1-2", 3, "/tmp/\u00fc \"x\"\n\ud83d\ude00", new Checksum("aa", "", "1@t"));

        assertThat(JobResult.parse(result.toJson().getBytes(UTF_8))).isEqualTo(result);
    }

    @Test
    void anythingElseIsRefused() {
        assertThatThrownBy(() -> JobResult.parse("no".getBytes(UTF_8))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> JobResult.parse("{\"job\":\"1\"}".getBytes(UTF_8)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
