package io.millrace.storage.bookkeeper;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.SeedSource;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;

/** What the index says is right, whatever was added in whatever order, and it stays small. */
class EntryIndexTest {
    @ParameterizedTest
    @SeedSource(runs = 50)
    void theRangeHoldsThePosition(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        long[] begins = new long[random.nextInt(1, 2000)];
        long end = 0;
        for (int i = 0; i < begins.length; i++) {
            begins[i] = end;
            end += random.nextInt(1, random.nextInt(10) == 0 ? 300_000 : 3000);
        }
        EntryIndex index = new EntryIndex();
        EntryIndex.Range all = new EntryIndex.Range(0, 0, begins.length, end);
        for (int i = random.nextInt(2 * begins.length); i > 0; i--) {
            int entry = random.nextInt(begins.length);
            index.add(entry, begins[entry]);
        }
        for (int i = 0; i < 100; i++) {
            long position = random.nextLong(end);
            EntryIndex.Range range = index.narrow(all, position);

            assertThat(range.from()).isEqualTo(begins[(int) range.entry()]).isLessThanOrEqualTo(position);
            assertThat(range.to()).isGreaterThan(position);
            assertThat(range.to()).isEqualTo(range.entryEnd() == begins.length ? end : begins[(int) range.entryEnd()]);
        }
    }
}
