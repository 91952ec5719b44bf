package io.millrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.netty.buffer.PooledByteBufAllocator;
import org.junit.jupiter.api.Test;
import org.junit.platform.testkit.engine.EngineTestKit;

/** A buffer that nobody releases fails the class that dropped it. */
class BufferLeaksTest {
    @Test
    void aClassThatReleasesItsBuffersPasses() {
        run(Releasing.class, 0);
    }

    @Test
    void aClassThatDropsABufferFails() {
        run(Dropping.class, 1);
        run(Releasing.class, 0);
    }

    private static void run(Class<?> tests, int failed) {
        var events = EngineTestKit.engine("junit-jupiter")
                .configurationParameter("junit.jupiter.extensions.autodetection.enabled", "true")
                .selectors(selectClass(tests))
                .execute();
        events.containerEvents().assertStatistics(counts -> counts.failed(failed));
        events.testEvents().assertStatistics(counts -> counts.succeeded(1));
    }

    static class Releasing {
        @Test
        void allocate() {
            assertThat(PooledByteBufAllocator.DEFAULT.directBuffer(100).release())
                    .isTrue();
        }
    }

    static class Dropping {
        @Test
        void allocate() {
            assertThat(PooledByteBufAllocator.DEFAULT.directBuffer(100).isReadable())
                    .isFalse();
        }
    }
}
