package io.millrace.storage.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.SeedSource;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/** Positions to places. */
class FrameListTest {
    @Test
    void anEmptyListHasNoFrameForAnyPosition() {
        assertThat(new FrameList().find(0)).isEqualTo(-1);
        assertThat(new FrameList().find(Long.MAX_VALUE)).isEqualTo(-1);
    }

    @ParameterizedTest
    @SeedSource(runs = 50)
    void everyPositionIsFoundInTheFrameThatBeginsAtOrBeforeIt(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int count = random.nextInt(1, 100);
        FrameList frames = new FrameList();
        long[] starts = new long[count];
        int[] offsets = new int[count];
        long position = random.nextLong(1L << 40);
        int offset = 0;
        for (int i = 0; i < count; i++) {
            position += random.nextInt(1, 50);
            offset += random.nextInt(1, 50);
            starts[i] = position;
            offsets[i] = offset;
            frames.add(position, offset);
        }

        assertThat(frames.count()).isEqualTo(count);
        for (long at = starts[0] - 2; at < position + 10; at++) {
            int expected = -1;
            while (expected + 1 < count && starts[expected + 1] <= at) {
                expected++;
            }
            int found = frames.find(at);
            assertThat(found).as("position %d", at).isEqualTo(expected);
            if (found >= 0) {
                assertThat(frames.position(found)).isEqualTo(starts[found]);
                assertThat(frames.offset(found)).isEqualTo(offsets[found]);
            }
        }
    }
}
