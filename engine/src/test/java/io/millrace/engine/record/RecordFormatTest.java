package io.millrace.engine.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.testkit.SeedSource;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/** What is written into a record is read from it again, in as few bytes as the format says. */
class RecordFormatTest {
    private final ByteBuf buffer = Unpooled.buffer();

    @ParameterizedTest
    @SeedSource(runs = 200)
    void numbersOfAnySizeComeBack(long seed) {
        var random = new SplittableRandom(seed);
        long value = random.nextLong() >> random.nextInt(Long.SIZE);

        RecordFormat.putUnsigned(buffer, value);
        RecordFormat.putSigned(buffer, value);

        assertThat(RecordFormat.getUnsigned(buffer)).isEqualTo(value);
        assertThat(RecordFormat.getSigned(buffer)).isEqualTo(value);
        assertThat(buffer.isReadable()).isFalse();
    }

    @Test
    void aNumberTakesAByteForEverySevenBits() {
        long[] largest = {0x7f, 0x3fff, 0x1fffff, Long.MAX_VALUE, -1};
        int[] bytes = {1, 2, 3, 9, 10};
        for (int i = 0; i < largest.length; i++) {
            RecordFormat.putUnsigned(buffer.clear(), largest[i]);
            assertThat(buffer.readableBytes()).isEqualTo(bytes[i]);
            assertThat(RecordFormat.getUnsigned(buffer)).isEqualTo(largest[i]);
        }
        RecordFormat.putSigned(buffer.clear(), -64);
        assertThat(buffer.readableBytes()).isEqualTo(1);
    }

    @Test
    void aNumberWithoutEndIsRefused() {
        buffer.writeBytes(new byte[] {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1});

        assertThatThrownBy(() -> RecordFormat.getUnsigned(buffer)).isInstanceOf(IllegalStateException.class);
    }

    @ParameterizedTest
    @SeedSource(runs = 200)
    void runsComeBackInTheOrderInWhichTheyWereAdded(long seed) {
        var random = new SplittableRandom(seed);
        var runs = new RunWriter();
        List<Long> added = new ArrayList<>();
        for (int i = random.nextInt(60); i > 0; i--) {
            long start = random.nextInt(5) > 0 && !added.isEmpty()
                    ? added.get(added.size() - 1) + 1
                    : random.nextLong(1L << random.nextInt(1, 62));
            long length = random.nextInt(1, 4);
            runs.addRun(start, length);
            for (long offset = start; offset < start + length; offset++) {
                added.add(offset);
            }
        }

        runs.writeTo(buffer);

        List<Long> read = new ArrayList<>();
        RunWriter.read(buffer, (start, length) -> {
            for (long offset = start; offset < start + length; offset++) {
                read.add(offset);
            }
        });
        assertThat(read).isEqualTo(added);
        assertThat(buffer.isReadable()).isFalse();
        runs.clear();
        assertThat(runs.isEmpty()).isTrue();
    }

    @Test
    void consecutiveOffsetsAreOneRunOfThreeBytes() {
        var runs = new RunWriter();
        for (long offset = 20; offset < 90; offset++) {
            runs.add(offset);
        }

        runs.writeTo(buffer);

        assertThat(buffer.readableBytes()).isEqualTo(3);
    }

    @ParameterizedTest
    @SeedSource(runs = 200)
    void offsetsComeBackWithTheirTimes(long seed) {
        var random = new SplittableRandom(seed);
        var times = new OffsetTimes();
        List<List<Long>> added = new ArrayList<>();
        long baseMillis = random.nextLong(1L << 45);
        for (long offset : new TreeSet<>(
                random.longs(random.nextInt(40), 0, 1L << 40).boxed().toList())) {
            long millis = random.nextInt(3) == 0 ? 0 : random.nextLong(1L << random.nextInt(1, 50));
            times.add(offset, millis);
            added.add(List.of(offset, baseMillis, millis));
        }

        times.writeTo(buffer, baseMillis);

        List<List<Long>> read = new ArrayList<>();
        OffsetTimes.read(buffer, (offset, fromMillis, millis) -> read.add(List.of(offset, fromMillis, millis)));
        assertThat(read).isEqualTo(added);
        assertThat(buffer.isReadable()).isFalse();
    }
}
