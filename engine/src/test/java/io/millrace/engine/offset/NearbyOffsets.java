package io.millrace.engine.offset;

import java.util.SplittableRandom;

/** Draws offsets that meet each other often: near a few places, some of them far away or at the edges of parts. */
final class NearbyOffsets {
    private static final long[] PLACES = {0, 1 << 16, (1L << 32) - 40, (1L << 33) + (1 << 20), 5L << 40};

    private final SplittableRandom random;
    private final int places;

    NearbyOffsets(SplittableRandom random) {
        this.random = random;
        this.places = random.nextInt(1, PLACES.length + 1);
    }

    long next() {
        return PLACES[random.nextInt(places)] + random.nextInt(100);
    }
}
