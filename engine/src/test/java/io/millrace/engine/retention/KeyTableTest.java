package io.millrace.engine.retention;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.SeedSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;

/** The table of keys against a map; hashes that share a half, or all but a bit. */
class KeyTableTest {
    @ParameterizedTest
    @SeedSource(runs = 50)
    void itSaysWhatAMapWouldSay(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        KeyTable table = new KeyTable();
        Map<List<Long>, Long> model = new HashMap<>();
        for (int i = 0; i < 2_000; i++) {
            long high = (long) random.nextInt(20) << (random.nextBoolean() ? 0 : 32);
            long low = random.nextInt(20);
            assertThat(table.get(high, low)).isEqualTo(model.getOrDefault(List.of(high, low), KeyTable.NONE));
            Long before = model.put(List.of(high, low), (long) i);
            assertThat(table.put(high, low, i)).isEqualTo(before == null ? KeyTable.NONE : before);
            assertThat(table.size()).isEqualTo(model.size());
        }
    }
}
