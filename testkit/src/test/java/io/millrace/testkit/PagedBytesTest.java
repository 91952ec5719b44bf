package io.millrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;

/** Images that share pages behave like arrays that share nothing. */
class PagedBytesTest {
    private static final int BYTES = 6 * PagedBytes.PAGE_BYTES;

    @ParameterizedTest
    @SeedSource(runs = 200)
    void sharedPagesNeverShowTheChangesOfAnother(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        PagedBytes[] images = {new PagedBytes(), new PagedBytes(), new PagedBytes()};
        byte[][] models = new byte[images.length][BYTES];
        for (int step = 0; step < 40; step++) {
            int one = random.nextInt(images.length);
            int other = random.nextInt(images.length);
            int from = place(random);
            int to = Math.max(from, place(random));
            switch (random.nextInt(6)) {
                case 0 -> {
                    images[one] = images[other].fork();
                    models[one] = models[other].clone();
                }
                case 1 -> {
                    images[one].cut(from);
                    Arrays.fill(models[one], from, BYTES, (byte) 0);
                }
                case 2 -> {
                    images[one].flip(from, 3);
                    models[one][from] ^= 8;
                }
                case 3 -> {
                    images[one].copyFrom(images[other], from, to);
                    System.arraycopy(models[other], from, models[one], from, to - from);
                }
                default -> {
                    byte[] content = new byte[to - from];
                    Arrays.fill(content, (byte) random.nextInt(3));
                    images[one].write(from, ByteBuffer.wrap(content));
                    System.arraycopy(content, 0, models[one], from, content.length);
                }
            }
            for (int i = 0; i < images.length; i++) {
                assertThat(content(images[i]))
                        .as("image %d after step %d", i, step)
                        .isEqualTo(models[i]);
            }
        }
    }

    /** Often the first byte of a page, where whole pages begin and end. */
    private static int place(SplittableRandom random) {
        int place = random.nextInt(BYTES);
        return random.nextBoolean() ? place : place / PagedBytes.PAGE_BYTES * PagedBytes.PAGE_BYTES;
    }

    private static byte[] content(PagedBytes image) {
        ByteBuffer target = ByteBuffer.allocate(BYTES);
        image.read(0, target, BYTES);
        return target.array();
    }
}
