package io.millrace.engine.offset;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.SeedSource;
import java.util.SortedSet;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/** The compressed set says what a sorted set of numbers says, wherever the offsets lie. */
class OffsetSetTest {
    private static final long PART = 1L << 32;

    private final OffsetSet set = new OffsetSet();
    private final TreeSet<Long> model = new TreeSet<>();

    @ParameterizedTest
    @SeedSource(runs = 200)
    void itSaysWhatASortedSetSays(long seed) {
        var random = new SplittableRandom(seed);
        var offsets = new NearbyOffsets(random);
        for (int i = 0; i < 300; i++) {
            change(random, offsets);
            compare(offsets.next());
        }
        assertThat(members()).isEqualTo(model);
    }

    @Test
    void offsetsMayBeFurtherApartThanAPartIsLong() {
        set.add(7);
        set.add(3 * PART + 5);
        set.add(PART - 1);
        set.add(PART);

        assertThat(set.first()).isEqualTo(7);
        assertThat(set.nextAbsent(PART - 1)).isEqualTo(PART + 1);
        assertThat(set.nextPresent(PART + 1)).isEqualTo(3 * PART + 5);
        assertThat(set.size()).isEqualTo(4);
    }

    @Test
    void aRangeOverTheEndOfAPartIsOneRange() {
        set.addRange(PART - 3, 2 * PART + 3);

        assertThat(set.size()).isEqualTo(PART + 6);
        assertThat(set.nextAbsent(PART - 2)).isEqualTo(2 * PART + 3);

        set.removeRange(PART - 1, 2 * PART + 1);
        assertThat(members()).containsExactly(PART - 3, PART - 2, 2 * PART + 1, 2 * PART + 2);
    }

    private void change(SplittableRandom random, NearbyOffsets offsets) {
        long offset = offsets.next();
        long end = offset + random.nextInt(70);
        switch (random.nextInt(8)) {
            case 0, 1, 2 -> assertThat(set.add(offset)).isEqualTo(model.add(offset));
            case 3, 4 -> assertThat(set.remove(offset)).isEqualTo(model.remove(offset));
            case 5 -> {
                set.addRange(offset, end);
                for (long each = offset; each < end; each++) {
                    model.add(each);
                }
            }
            case 6 -> {
                set.removeRange(offset, end);
                model.subSet(offset, end).clear();
            }
            default -> {
                if (random.nextInt(4) == 0) {
                    set.removeBelow(offset);
                    model.headSet(offset).clear();
                }
            }
        }
    }

    private void compare(long offset) {
        assertThat(set.size()).isEqualTo(model.size());
        assertThat(set.isEmpty()).isEqualTo(model.isEmpty());
        assertThat(set.contains(offset)).isEqualTo(model.contains(offset));
        Long present = model.ceiling(offset);
        assertThat(set.nextPresent(offset)).isEqualTo(present == null ? -1 : present);
        long absent = offset;
        while (model.contains(absent)) {
            absent++;
        }
        assertThat(set.nextAbsent(offset)).isEqualTo(absent);
        if (!model.isEmpty()) {
            assertThat(set.first()).isEqualTo(model.first());
        }
    }

    private SortedSet<Long> members() {
        var members = new TreeSet<Long>();
        for (long each = set.nextPresent(0); each >= 0; each = set.nextPresent(each + 1)) {
            members.add(each);
        }
        return members;
    }
}
