package io.millrace.testkit;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** One number for all events of a run, in their order: two runs with the same events have the same. Not thread-safe. */
final class EventDigest {
    /** The multiplier of FNV-1a with 64 bits. */
    private static final long PRIME = 0x100000001b3L;

    private long value;

    /** Takes note of an event, or of a part of one. */
    void add(long event) {
        value = (value ^ event) * PRIME;
    }

    /** The same by a name. */
    void add(String event) {
        add(event.hashCode());
    }

    /** The same by what {@code bytes} has left, which it keeps. */
    void add(ByteBuffer bytes) {
        CRC32C checksum = new CRC32C();
        checksum.update(bytes.duplicate());
        add(checksum.getValue());
    }

    long value() {
        return value;
    }
}
