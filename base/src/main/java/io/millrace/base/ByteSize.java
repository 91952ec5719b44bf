package io.millrace.base;

import java.util.List;

/**
 * Sizes as users write them: a whole number with one of B, KiB, MiB, GiB, TiB, whose factors are powers of 1024 (IEC
 * 80000-13). Inside the program a size is a {@code long} of bytes.
 *
 * <p>Stateless; any thread.
 */
public final class ByteSize {
    /** The largest size that has a text. */
    public static final long MAX = Long.MAX_VALUE;

    private static final UnitScale SCALE = new UnitScale(
            List.of(
                    new UnitScale.Unit("B", 1),
                    new UnitScale.Unit("KiB", 1L << 10),
                    new UnitScale.Unit("MiB", 1L << 20),
                    new UnitScale.Unit("GiB", 1L << 30),
                    new UnitScale.Unit("TiB", 1L << 40)),
            MAX);

    private ByteSize() {}

    /** The bytes that {@code text} stands for; {@link IllegalArgumentException} says what is wrong with it. */
    public static long parse(String text) {
        return SCALE.parse(text);
    }

    /** The exact text in the largest unit that divides it: {@code 1MiB} for 1048576, {@code 1000B} for 1000. */
    public static String print(long bytes) {
        return SCALE.print(bytes);
    }
}
