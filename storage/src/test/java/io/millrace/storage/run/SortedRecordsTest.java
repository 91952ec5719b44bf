package io.millrace.storage.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.SeedSource;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/** The head is a sorted set, whatever the order in which records come and go. */
class SortedRecordsTest {
    private final SortedRecords records = new SortedRecords();

    @ParameterizedTest
    @SeedSource(runs = 300)
    void doesWhatATreeSetDoes(long seed) {
        RandomGenerator random = new SplittableRandom(seed);
        NavigableSet<Triple> model = new TreeSet<>();
        int keys = 1 << random.nextInt(12);
        int shape = random.nextInt(4);
        int adds = random.nextInt(30, 100);
        for (int i = 0; i < 4000; i++) {
            if (model.isEmpty() || random.nextInt(100) < adds) {
                Triple next = next(random, shape, keys, i);
                assertThat(records.add(next.key(), next.sub(), next.value())).isEqualTo(model.add(next));
            } else if (random.nextBoolean()) {
                assertThat(first()).isEqualTo(model.pollFirst());
                records.removeFirst();
            } else {
                // One that is there, if any is above it, and then it is not.
                Triple wanted = next(random, shape, keys, i / 2);
                Triple gone = model.ceiling(wanted) == null ? wanted : model.ceiling(wanted);
                assertThat(records.remove(gone.key(), gone.sub(), gone.value())).isEqualTo(model.remove(gone));
                assertThat(records.remove(gone.key(), gone.sub(), gone.value())).isFalse();
            }
            assertThat(records.count()).isEqualTo(model.size());
        }
        assertThat(contentFrom(Long.MIN_VALUE)).containsExactlyElementsOf(model);
        for (int i = 0; i < 20; i++) {
            long from = random.nextInt(-2, keys + 2);
            assertThat(contentFrom(from))
                    .containsExactlyElementsOf(model.tailSet(new Triple(from, Long.MIN_VALUE, Long.MIN_VALUE), true));
        }
    }

    @Test
    void recordsThatComeInOrderFillTheLeaves() {
        int count = 100 * SortedRecords.LEAF_RECORDS;
        for (int i = 0; i < count; i++) {
            records.add(i, i, i);
        }

        assertThat(records.endLeaf() - records.firstLeaf()).isEqualTo(100);
    }

    @ParameterizedTest
    @SeedSource(runs = 20)
    void leavesAreHalfFullOnAverage(long seed) {
        RandomGenerator random = new SplittableRandom(seed);
        int shape = random.nextInt(4);
        for (int i = 0; i < 50_000; i++) {
            Triple next = next(random, shape, 10, i);
            records.add(next.key(), next.sub(), next.value());
        }

        int leaves = records.endLeaf() - records.firstLeaf();
        assertThat(leaves).isLessThanOrEqualTo(records.count() * 2 / SortedRecords.LEAF_RECORDS + 2);
    }

    @Test
    void leavesFromWhichMostIsRemovedAreJoined() {
        int count = 100 * SortedRecords.LEAF_RECORDS;
        for (int i = 0; i < count; i++) {
            records.add(i, i, i);
        }
        for (int i = 0; i < count; i++) {
            if (i % 32 != 0) {
                assertThat(records.remove(i, i, i)).isTrue();
            }
        }

        assertThat(records.endLeaf() - records.firstLeaf()).isLessThanOrEqualTo(15);
        assertThat(contentFrom(Long.MIN_VALUE)).hasSize(count / 32);
    }

    @Test
    void aCursorFindsItsPlaceAgain() {
        for (int i = 0; i < 1000; i++) {
            records.add(i, 0, 0);
        }
        HeadCursor cursor = new HeadCursor(records, 3, 0, 0);
        for (int i = 0; i < 5; i++) {
            records.removeFirst();
        }
        cursor.refresh();
        assertThat(cursor.key).isEqualTo(5);

        for (int i = -500; i < 0; i++) {
            records.add(i, 0, 0);
        }
        cursor.refresh();
        assertThat(cursor.key).isEqualTo(5);
        assertThat(cursor.advance()).isTrue();
        assertThat(cursor.key).isEqualTo(6);
    }

    /** Random, ascending, descending, and ascending within each of a few keys. */
    private static Triple next(RandomGenerator random, int shape, int keys, int number) {
        return switch (shape) {
            case 0 -> new Triple(random.nextInt(keys), random.nextInt(50), random.nextInt(2));
            case 1 -> new Triple(number / 3, number, 0);
            case 2 -> new Triple(-number / 3, -number, random.nextLong());
            default -> new Triple(random.nextInt(keys), number, 0);
        };
    }

    private Triple first() {
        return new Triple(records.firstKey(), records.firstSub(), records.firstValue());
    }

    private List<Triple> contentFrom(long key) {
        List<Triple> content = new ArrayList<>();
        HeadCursor cursor = new HeadCursor(records, key, Long.MIN_VALUE, Long.MIN_VALUE);
        for (boolean more = cursor.exact; more; more = cursor.advance()) {
            content.add(new Triple(cursor.key, cursor.sub, cursor.value));
        }
        return content;
    }
}
