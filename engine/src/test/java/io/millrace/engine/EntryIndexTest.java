package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.SeedSource;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/** The index finds the entry that a sorted map finds, while entries come at the end and go from the front. */
class EntryIndexTest {
    private record Entry(long firstOffset, int span, long position, int bytes) {}

    private final EntryIndex index = new EntryIndex();
    private final TreeMap<Long, Entry> model = new TreeMap<>();
    private final TreeMap<Long, Entry> byPosition = new TreeMap<>();
    private long nextOffset;
    private long nextPosition = 100;
    private long floor;

    @ParameterizedTest
    @SeedSource(runs = 100)
    void itFindsWhatASortedMapFinds(long seed) {
        var random = new SplittableRandom(seed);
        int stepEntries = random.nextBoolean() ? 5 : 1500;
        for (int i = 0; i < 60; i++) {
            int added = random.nextInt(stepEntries);
            for (int j = 0; j < added; j++) {
                add(
                        random.nextInt(20) == 0 ? random.nextInt(1, 4) : 0,
                        random.nextInt(4) == 0 ? random.nextInt(1, 9) : 1);
            }
            if (random.nextInt(3) == 0) {
                drop(random.nextInt(8) == 0 ? nextOffset : floor + random.nextLong(nextOffset - floor + 1));
            }
            for (int j = 0; j < 30; j++) {
                compare(random.nextLong(nextOffset + 3));
            }
            walk(random);
        }
    }

    private void add(int gap, int span) {
        Entry entry = new Entry(nextOffset + gap, span, nextPosition, 10 + span);
        index.add(entry.firstOffset, entry.span, entry.position, entry.bytes);
        model.put(entry.firstOffset, entry);
        byPosition.put(entry.position, entry);
        nextOffset = entry.firstOffset + span;
        nextPosition += entry.bytes;
    }

    private void drop(long offset) {
        floor = Math.max(floor, offset);
        index.dropBelow(floor);
        model.values().removeIf(entry -> entry.firstOffset + entry.span <= floor);
        byPosition.values().removeIf(entry -> entry.firstOffset + entry.span <= floor);
    }

    private void compare(long offset) {
        Map.Entry<Long, Entry> found = model.floorEntry(offset);
        Entry expected = found == null || offset >= found.getKey() + found.getValue().span ? null : found.getValue();
        assertThat(index.find(offset)).as("offset %d", offset).isEqualTo(expected != null);
        if (expected != null) {
            assertThat(new Entry(index.firstOffset(), index.span(), index.position(), index.recordBytes()))
                    .isEqualTo(expected);
        }
        long position = offset * 12;
        Map.Entry<Long, Entry> behind = byPosition.ceilingEntry(position);
        assertThat(index.firstOffsetAt(position, nextOffset))
                .isEqualTo(behind == null ? nextOffset : behind.getValue().firstOffset);
        assertThat(index.isEmpty()).isEqualTo(model.isEmpty());
        assertThat(index.firstPosition())
                .isEqualTo(model.isEmpty() ? Long.MAX_VALUE : model.firstEntry().getValue().position);
    }

    /** Offsets in order are the usual case, and take a short cut. */
    private void walk(SplittableRandom random) {
        long from = floor + random.nextLong(nextOffset - floor + 1);
        for (long offset = from; offset < Math.min(nextOffset, from + 40); offset++) {
            compare(offset);
        }
    }

    @Test
    void whatIsDroppedIsNotFoundAgainWhereItWasFoundBefore() {
        add(0, 3);
        add(0, 3);
        compare(2);

        drop(3);

        compare(2);
        compare(3);
        drop(6);
        compare(5);
        add(0, 1);
        compare(5);
        compare(6);
    }
}
