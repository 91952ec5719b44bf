package io.millrace.broker.topic;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Which partition the messages of a key go to: that which the default partitioner of Kafka's producers chooses
 * ({@code BuiltInPartitioner} and {@code Utils.murmur2}), so that producers of both kinds agree. It never changes,
 * for where messages of one key go must not. Stateless; any thread.
 */
final class KeyPartitions {
    private static final int SEED = 0x9747b28c;
    private static final int M = 0x5bd1e995;
    private static final int R = 24;

    private KeyPartitions() {}

    /** The partition, of {@code partitions}, for {@code key}. */
    static int of(String key, int partitions) {
        return (murmur2(key.getBytes(UTF_8)) & 0x7fffffff) % partitions;
    }

    /** MurmurHash2 with 32 bits, by Austin Appleby, with Kafka's seed. */
    static int murmur2(byte[] bytes) {
        int hash = SEED ^ bytes.length;
        int at = 0;
        for (; at + Integer.BYTES <= bytes.length; at += Integer.BYTES) {
            int word = (bytes[at] & 0xff)
                    | ((bytes[at + 1] & 0xff) << 8)
                    | ((bytes[at + 2] & 0xff) << 16)
                    | ((bytes[at + 3] & 0xff) << 24);
            word *= M;
            word ^= word >>> R;
            hash = (hash * M) ^ (word * M);
        }
        int rest = bytes.length - at;
        if (rest > 0) {
            for (int i = rest - 1; i >= 0; i--) {
                hash ^= (bytes[at + i] & 0xff) << (Byte.SIZE * i);
            }
            hash *= M;
        }
        hash ^= hash >>> 13;
        hash *= M;
        return hash ^ (hash >>> 15);
    }
}
