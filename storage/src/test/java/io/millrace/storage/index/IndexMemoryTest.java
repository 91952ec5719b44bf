package io.millrace.storage.index;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

/** Caches that share memory stay within it, and each gets its share. */
class IndexMemoryTest {
    private static final long BYTES_MAX = 100_000;
    /** An upper bound for what one more block takes. */
    private static final long BLOCK_BYTES = 1_000;

    private final IndexMemory memory = new IndexMemory(BYTES_MAX);
    private final IndexCache first = new IndexCache(memory);
    private final IndexCache second = new IndexCache(memory);

    private static void fill(IndexCache cache, long segment) {
        for (long address = 0; address < 2_000; address++) {
            cache.put(segment, address, new IndexBlock(segment));
        }
    }

    @Test
    void oneAloneTakesWhatIsThere() {
        fill(first, 1);

        assertThat(first.bytes()).isBetween(BYTES_MAX - BLOCK_BYTES, BYTES_MAX);
        assertThat(first.get(1, 1_999)).isNotNull();
        assertThat(first.get(1, 0)).as("used longest ago").isNull();
    }

    @Test
    void oneThatComesLateGetsItsShareAndTheOtherGivesWay() {
        fill(first, 1);
        fill(second, 2);
        assertThat(second.bytes()).isBetween(BYTES_MAX / 2 - BLOCK_BYTES, BYTES_MAX / 2);
        assertThat(first.bytes() + second.bytes()).isLessThan(2 * BYTES_MAX);

        first.put(1, 5_000, new IndexBlock(1));

        assertThat(first.bytes()).isLessThanOrEqualTo(BYTES_MAX / 2);
        assertThat(first.get(1, 5_000)).isNotNull();
        assertThat(second.get(2, 1_999)).isNotNull();
    }

    /** What is loaded in one go must not push itself out. */
    @Test
    void aBatchIsAPartOfAShare() {
        assertThat(memory.batchBytesMax()).as("of two").isEqualTo(BYTES_MAX / 2 / 4);
    }

    @Test
    void blocksOfSegmentsThatAreGoneTakeNothing() {
        first.put(1, 0, new IndexBlock(1));
        long bytes = first.bytes();
        first.put(2, 0, new IndexBlock(2));
        first.putDamaged(3, 0);

        first.forget(Set.of(2L, 3L, 4L));

        assertThat(first.bytes()).isEqualTo(bytes);
        assertThat(first.get(1, 0)).isNotNull();
        assertThat(first.get(2, 0)).isNull();
        first.forget(Set.of(1L));
        fill(second, 2);
        assertThat(second.bytes()).as("what was given back is there for others").isGreaterThan(BYTES_MAX - BLOCK_BYTES);
    }

    @Test
    void oneThatWasReplacedIsCountedOnce() {
        first.put(1, 0, new IndexBlock(1));
        long bytes = first.bytes();

        first.put(1, 0, new IndexBlock(1));

        assertThat(first.bytes()).isEqualTo(bytes);
    }
}
