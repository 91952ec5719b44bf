package io.millrace.storage.index;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Index blocks of sealed segments that were read last, for all logs of a shard, up to a number of bytes. Not
 * thread-safe.
 */
public final class IndexCache {
    private final long bytesMax;
    private final Map<Key, Object> blocks = new LinkedHashMap<>(16, 0.75f, true);
    private long bytes;

    private record Key(long segment, long address) {}

    /** Stands for a block that is damaged. */
    private static final Object DAMAGED = new Object();

    /** Makes an empty cache. */
    public IndexCache(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** The block at {@code address} of {@code segment}; null where it is not in memory. */
    @Nullable
    Object get(long segment, long address) {
        return blocks.get(new Key(segment, address));
    }

    static boolean isDamaged(Object block) {
        return block == DAMAGED;
    }

    /** Keeps a block of entries. */
    public void put(long segment, long address, IndexBlock block) {
        add(segment, address, block);
    }

    /** Keeps a directory. */
    public void put(long segment, long address, DirectoryBlock block) {
        add(segment, address, block);
    }

    /** Notes that the block cannot be read. */
    public void putDamaged(long segment, long address) {
        add(segment, address, DAMAGED);
    }

    private void add(long segment, long address, Object block) {
        Object before = blocks.put(new Key(segment, address), block);
        bytes += heapBytes(block) - (before == null ? 0 : heapBytes(before));
        Iterator<Object> oldest = blocks.values().iterator();
        while (bytes > bytesMax && blocks.size() > 1) {
            bytes -= heapBytes(oldest.next());
            oldest.remove();
        }
    }

    private static int heapBytes(Object block) {
        return block instanceof IndexBlock entries
                ? entries.heapBytes()
                : block instanceof DirectoryBlock directory ? directory.heapBytes() : 0;
    }
}
