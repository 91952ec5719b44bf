package io.millrace.engine.offset;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.SeedSource;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/** Counts are what a map of them says, also when they were stored meanwhile, and take little where they are alike. */
class DeliveryCountsTest {
    @ParameterizedTest
    @SeedSource(runs = 200)
    void theySayWhatAMapSays(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        NearbyOffsets offsets = new NearbyOffsets(random);
        DeliveryCounts counts = new DeliveryCounts();
        TreeMap<Long, Integer> model = new TreeMap<>();
        for (int i = 0; i < 300; i++) {
            long offset = offsets.next();
            switch (random.nextInt(8)) {
                case 0 -> {
                    counts.remove(offset);
                    model.remove(offset);
                }
                case 1 -> {
                    long end = offset + random.nextInt(20);
                    counts.removeRange(offset, end);
                    model.subMap(offset, end).clear();
                }
                case 2 -> counts = stored(counts);
                default -> {
                    int count = 1 + random.nextInt(1 << random.nextInt(1, 31));
                    counts.put(offset, count);
                    model.put(offset, count);
                }
            }
            for (long near = Math.max(0, offset - 3); near < offset + 3; near++) {
                assertThat(counts.get(near)).isEqualTo(model.getOrDefault(near, 0));
            }
        }
        for (var each : model.entrySet()) {
            assertThat(counts.get(each.getKey())).isEqualTo(each.getValue());
        }
    }

    @Test
    void aBacklogThatWasTriedOnceTakesNextToNothing() {
        DeliveryCounts counts = new DeliveryCounts();
        for (long offset = 0; offset < 1_000_000; offset++) {
            counts.put(offset, 1);
        }

        assertThat(write(counts).readableBytes()).isLessThan(1_000_000 / Byte.SIZE + 1_000);
    }

    private static DeliveryCounts stored(DeliveryCounts counts) {
        DeliveryCounts restored = new DeliveryCounts();
        ByteBuf bytes = write(counts);
        restored.restore(bytes);
        assertThat(bytes.isReadable()).isFalse();
        return restored;
    }

    private static ByteBuf write(DeliveryCounts counts) {
        ByteBuf target = Unpooled.buffer();
        counts.writeTo(target);
        return target;
    }
}
