package io.millrace.engine.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.offset.OffsetSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What has become ready behind a scan is found by priority and offset, once, and what others take is forgotten. */
class ReadyBehindTest {
    private final ReadyBehind behind = new ReadyBehind();
    private final OffsetSet ready = new OffsetSet();

    private void add(int priority, long offset) {
        ready.add(offset);
        assertThat(behind.add(priority, offset)).isTrue();
        if (behind.isToBeSorted()) {
            behind.retain(List.of(ready));
        }
    }

    private long next() {
        if (!behind.find(ready::contains)) {
            return -1;
        }
        long found = behind.offset();
        behind.remove();
        return found;
    }

    @Test
    void theFirstIsTheOneThatGoesFirst() {
        add(5, 10);
        add(-1, 3); // the last of all priorities
        add(5, 7);
        add(2, 30);
        ready.remove(7);

        assertThat(List.of(next(), next(), next(), next())).containsExactly(30L, 10L, 3L, -1L);
    }

    @Test
    void prioritiesAreBounded() {
        for (int i = 0; i < ReadyBehind.PRIORITIES_MAX; i++) {
            add(i, i);
        }

        assertThat(behind.add(1_000, 1_000)).isFalse();
        assertThat(behind.add(3, 1_001)).isTrue();
    }

    @Test
    void whatOthersTakeTakesNoMemoryForLong() {
        add(0, 0);
        for (long offset = 1; offset < 100_000; offset++) {
            add(0, offset);
            ready.remove(offset);
        }

        assertThat(behind.size()).isLessThan(10_000);
        assertThat(next()).isZero();
        assertThat(next()).isEqualTo(-1);
    }
}
