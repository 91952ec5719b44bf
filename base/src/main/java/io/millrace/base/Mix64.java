package io.millrace.base;

/**
 * Spreads a number over 64 bits: the finalizer of SplitMix64 (Steele, Lea and Flood: Fast Splittable Pseudorandom
 * Number Generators, 2014). No two numbers become the same one. It is part of formats on disk, so it never changes.
 * Stateless; any thread.
 */
public final class Mix64 {
    private Mix64() {}

    /** What becomes of {@code number}. */
    public static long of(long number) {
        long mixed = number + 0x9E3779B97F4A7C15L;
        mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }
}
