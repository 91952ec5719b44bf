package io.millrace.engine.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.storage.Extent;
import io.millrace.storage.index.SealedRun;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When segments are dead, and what storage hears of those that are not. */
class SegmentUseTest {
    private final SegmentUse segments = new SegmentUse();

    private static SealedRun run(long segment) {
        return new SealedRun(segment, 1, 1, 0, 10, 10, 1_000, 10, 0, false);
    }

    private EntrySegment add(long number, boolean adopted) {
        EntrySegment segment = new EntrySegment(number, 1_000, 900, adopted ? new Extent(0, 1_600, 0) : null);
        segments.add(segment);
        segments.use(run(number));
        return segment;
    }

    private static void live(EntrySegment segment, long bytes) {
        segment.beginCount();
        segment.count(bytes);
        segment.endCount();
    }

    @Test
    void aSegmentThatSomebodyReadsInStays() {
        add(1, false);
        add(2, false);
        segments.pin(List.of(run(1)));
        segments.release(run(1));
        segments.release(run(2));
        assertThat(segments.takeDead()).containsExactly(2L);
        assertThat(segments.deadBytes()).isZero();

        segments.unpin(List.of(run(1)));

        assertThat(segments.deadBytes()).isEqualTo(1_000);
        assertThat(segments.takeDead()).containsExactly(1L);
        assertThat(segments.isEmpty()).isTrue();
    }

    @Test
    void storageHearsOfAnExtentWhenAPartOfItHasDied() {
        EntrySegment segment = add(1, true);
        live(segment, 1_600);
        assertThat(segments.extents()).containsExactly(new Extent(0, 1_600, 1_600));
        assertThat(segments.hasNews()).isFalse();
        live(segment, 1_500);
        assertThat(segments.hasNews()).isFalse();
        live(segment, 1_300);
        assertThat(segments.hasNews()).isTrue();
        segments.extents();
        assertThat(segments.hasNews()).isFalse();

        segments.release(run(1));

        assertThat(segments.hasNews()).isTrue();
    }
}
