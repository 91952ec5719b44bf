package io.millrace.broker.routing;

import io.millrace.base.Mix64;

/**
 * The hash that consistent-hash exchanges go by: FNV-1a (Fowler, Noll and Vo) over the UTF-16 units of a text, spread
 * by {@link Mix64}. It never changes, for where messages of one text go must not. Stateless; any thread.
 */
final class StableHash {
    private static final long OFFSET_BASIS = 0xCBF29CE484222325L;
    private static final long PRIME = 0x100000001B3L;

    private StableHash() {}

    static long of(String text) {
        long hash = OFFSET_BASIS;
        for (int at = 0; at < text.length(); at++) {
            hash = (hash ^ text.charAt(at)) * PRIME;
        }
        return Mix64.of(hash);
    }
}
