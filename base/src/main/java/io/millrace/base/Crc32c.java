package io.millrace.base;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * CRC-32C (RFC 3720, appendix B.4): the checksum of everything that is stored. An instance is a reusable calculator
 * of one thread; the JDK computes it in hardware over direct buffers.
 */
public final class Crc32c {
    private final CRC32C crc = new CRC32C();

    /** Forgets what was added. */
    public Crc32c reset() {
        crc.reset();
        return this;
    }

    /** Adds the eight bytes of {@code value}, most significant first. */
    public Crc32c addLong(long value) {
        for (int shift = 56; shift >= 0; shift -= 8) {
            crc.update((int) (value >>> shift));
        }
        return this;
    }

    /** Adds {@code length} bytes of {@code source} from {@code index} on; leaves position and limit as they were. */
    public Crc32c add(ByteBuffer source, int index, int length) {
        int position = source.position();
        int limit = source.limit();
        source.limit(index + length).position(index);
        crc.update(source);
        source.limit(limit).position(position);
        return this;
    }

    /** Adds the next {@code length} bytes of {@code source}, from its position on, which moves behind them. */
    public Crc32c add(ByteBuffer source, int length) {
        if (source.remaining() == length) {
            crc.update(source);
            return this;
        }
        add(source, source.position(), length);
        source.position(source.position() + length);
        return this;
    }

    /** The checksum of what was added. */
    public int value() {
        return (int) crc.getValue();
    }

    /** The checksum of one range. */
    public int of(ByteBuffer source, int index, int length) {
        return reset().add(source, index, length).value();
    }
}
