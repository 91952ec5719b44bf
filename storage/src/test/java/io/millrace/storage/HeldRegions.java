package io.millrace.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Regions that are held as by a client that takes its time; each has its bytes whenever it is looked at. */
public final class HeldRegions {
    private final List<Held> held = new ArrayList<>();

    private record Held(StoredRegion region, byte[] expected) {}

    /** Splits records anywhere, or not at all. */
    public static RegionChoice anywhere(SplittableRandom random) {
        return new RegionChoice() {
            private static final int HEAD_BYTES_MAX = 100;

            @Override
            public int recordBytesMin() {
                return 1;
            }

            @Override
            public int headBytes() {
                return HEAD_BYTES_MAX;
            }

            @Override
            public int regionFrom(ByteBuf head, int recordBytes) {
                assertThat(head.readableBytes()).isEqualTo(Math.min(HEAD_BYTES_MAX, recordBytes));
                return random.nextInt(WHOLE, head.readableBytes() + 1);
            }
        };
    }

    /** Takes a region over. */
    public void hold(StoredRegion region, byte[] expected) {
        held.add(new Held(region, expected));
    }

    /** How many there are. */
    public int count() {
        return held.size();
    }

    /** Looks at all of them. */
    public void check() throws IOException {
        for (Held each : held) {
            assertThat(bytesOf(each.region)).isEqualTo(each.expected);
        }
    }

    /** What is in a region now. */
    public static byte[] bytesOf(StoredRegion region) throws IOException {
        ByteBuffer target = ByteBuffer.allocate(region.bytes());
        while (target.hasRemaining()) {
            int count = region.source().channel().read(target, region.position() + target.position());
            assertThat(count).as("the file ends before the region").isPositive();
        }
        return target.array();
    }

    /** Lets go of one that is drawn, if there is any. */
    public void releaseOne(SplittableRandom random) {
        if (!held.isEmpty()) {
            held.remove(random.nextInt(held.size())).region.release();
        }
    }

    /** Lets go of all. */
    public void releaseAll() {
        held.forEach(each -> each.region.release());
        held.clear();
    }
}
