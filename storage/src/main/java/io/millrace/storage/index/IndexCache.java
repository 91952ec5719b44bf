package io.millrace.storage.index;

import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Index blocks of sealed segments that were read last, for all logs of a shard, in memory that shards share. Not
 * thread-safe.
 */
public final class IndexCache {
    /** What finding a block by its key takes. */
    private static final int ENTRY_BYTES = 80;

    /** A directory and one of its blocks are there whatever memory there is: else no entry would ever be found. */
    private static final int BLOCKS_MIN = 2;

    private final IndexMemory memory;
    private final Map<Key, Object> blocks = new LinkedHashMap<>(16, 0.75f, true);
    private long bytes;

    private record Key(long segment, long address) {
        @Override
        public int hashCode() {
            // Blocks lie at multiples of some power of two, and there are many of them.
            long mixed = (segment * 31 + address) * 0x9E3779B97F4A7C15L;
            return (int) (mixed >>> Integer.SIZE);
        }
    }

    /** Stands for a block that is damaged. */
    private static final Object DAMAGED = new Object();

    /** Makes an empty cache. */
    public IndexCache(IndexMemory memory) {
        this.memory = memory;
        memory.join();
    }

    /** How many bytes of blocks, as they are stored, may be loaded in one go so that all of them stay until then. */
    public long batchBytesMax() {
        return memory.batchBytesMax();
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

    /** Gives up the blocks of segments that are gone. */
    public void forget(Collection<Long> segments) {
        Iterator<Map.Entry<Key, Object>> each = blocks.entrySet().iterator();
        while (!segments.isEmpty() && each.hasNext()) {
            Map.Entry<Key, Object> entry = each.next();
            if (segments.contains(entry.getKey().segment)) {
                each.remove();
                count(-heapBytes(entry.getValue()));
            }
        }
    }

    /** About how much memory the blocks take. */
    public long bytes() {
        return bytes;
    }

    private void add(long segment, long address, Object block) {
        Object before = blocks.put(new Key(segment, address), block);
        count(heapBytes(block) - (before == null ? 0 : heapBytes(before)));
        Iterator<Object> oldest = blocks.values().iterator();
        while (memory.isTooMuch(bytes) && blocks.size() > BLOCKS_MIN) {
            count(-heapBytes(oldest.next()));
            oldest.remove();
        }
    }

    private void count(long change) {
        bytes += change;
        memory.add(change);
    }

    private static int heapBytes(Object block) {
        int blockBytes = block instanceof IndexBlock entries
                ? entries.heapBytes()
                : block instanceof DirectoryBlock directory ? directory.heapBytes() : 0;
        return ENTRY_BYTES + blockBytes;
    }
}
