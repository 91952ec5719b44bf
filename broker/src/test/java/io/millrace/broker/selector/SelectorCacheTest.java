package io.millrace.broker.selector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** A text is compiled once; no client can make the cache large. */
class SelectorCacheTest {
    private final SelectorCache cache = new SelectorCache();

    @Test
    void aTextIsCompiledOnce() {
        Selector first = cache.compiled("a = 1");

        assertThat(cache.compiled("a = 1")).isSameAs(first);
        assertThat(cache.compiled("a = 2")).isNotSameAs(first);
    }

    @Test
    void itStaysSmallWhateverIsAskedFor() {
        for (int i = 0; i < 3 * SelectorCache.SELECTORS_MAX; i++) {
            cache.compiled("a = " + i);
            assertThat(cache.size()).isLessThanOrEqualTo(SelectorCache.SELECTORS_MAX);
        }
        int before = cache.size();

        String isLong = "a = '" + "x".repeat(SelectorCache.TEXT_CHARS_MAX) + "'";
        assertThat(cache.compiled(isLong).text()).isEqualTo(isLong);

        assertThat(cache.size()).isEqualTo(before);
    }

    @Test
    void whatIsNoneIsRefusedEachTime() {
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> cache.compiled("a =")).isInstanceOf(SelectorException.class);
        }
        assertThat(cache.size()).isZero();
    }
}
