package io.millrace.broker.topic;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Keys lead where Kafka's producers send them. */
class KeyPartitionsTest {
    /** From the tests of Apache Kafka ({@code UtilsTest.testMurmur2}). */
    @ParameterizedTest
    @CsvSource({
        "21, -973932308",
        "foobar, -790332482",
        "a-little-bit-long-string, -985981536",
        "a-little-bit-longer-string, -1486304829",
        "lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8, -58897971",
        "abc, 479470107"
    })
    void theHashIsKafkas(String key, int hash) {
        assertThat(KeyPartitions.murmur2(key.getBytes(UTF_8))).isEqualTo(hash);
    }

    @Test
    void everyKeyHasAPartitionThatIsThere() {
        List<Integer> counts = new ArrayList<>(Collections.nCopies(7, 0));
        for (int i = 0; i < 7_000; i++) {
            int partition = KeyPartitions.of("key " + i, 7);
            counts.set(partition, counts.get(partition) + 1);
        }
        assertThat(counts).allMatch(each -> each > 800 && each < 1_200);
        assertThat(KeyPartitions.of("", 3)).isBetween(0, 2);
        assertThat(KeyPartitions.of("größe", 1)).isZero();
    }
}
