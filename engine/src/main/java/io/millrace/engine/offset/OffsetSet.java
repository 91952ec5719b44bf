package io.millrace.engine.offset;

import io.millrace.engine.record.RecordFormat;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

/**
 * A compressed set of offsets, 0 or more: a bitmap for each 2^32 of them. Usually all lie in one, and a run of any
 * length takes a few bytes. The loop's.
 */
public final class OffsetSet {
    private static final int PART_BITS = 32;
    private static final long PART_MASK = (1L << PART_BITS) - 1;

    /** By the upper half of the offsets; none is empty. */
    private final TreeMap<Long, RoaringBitmap> parts = new TreeMap<>();

    private long size;

    public boolean isEmpty() {
        return size == 0;
    }

    public long size() {
        return size;
    }

    public boolean contains(long offset) {
        RoaringBitmap part = partOf(offset);
        return part != null && part.contains((int) offset);
    }

    /** Adds {@code offset}; returns whether it was not there. */
    public boolean add(long offset) {
        if (!partFor(offset).checkedAdd((int) offset)) {
            return false;
        }
        size++;
        return true;
    }

    /** Adds {@code from} up to but not {@code to}. */
    public void addRange(long from, long to) {
        for (long at = from; at < to; ) {
            long end = Math.min(to, startOfNextPart(at));
            RoaringBitmap part = partFor(at);
            if (end == at + 1) {
                size += part.checkedAdd((int) at) ? 1 : 0;
            } else {
                long before = part.rangeCardinality(at & PART_MASK, (at & PART_MASK) + end - at);
                part.add(at & PART_MASK, (at & PART_MASK) + end - at);
                size += end - at - before;
            }
            at = end;
        }
    }

    /** Removes {@code offset}; returns whether it was there. */
    public boolean remove(long offset) {
        RoaringBitmap part = partOf(offset);
        if (part == null || !part.checkedRemove((int) offset)) {
            return false;
        }
        size--;
        dropIfEmpty(offset, part);
        return true;
    }

    /** Removes {@code from} up to but not {@code to}. */
    public void removeRange(long from, long to) {
        for (long at = nextPresent(from); at >= 0 && at < to; at = nextPresent(at)) {
            long end = Math.min(to, startOfNextPart(at));
            RoaringBitmap part = partFor(at);
            size -= part.rangeCardinality(at & PART_MASK, (at & PART_MASK) + end - at);
            part.remove(at & PART_MASK, (at & PART_MASK) + end - at);
            dropIfEmpty(at, part);
        }
    }

    /** Removes everything below {@code offset}. */
    public void removeBelow(long offset) {
        removeRange(0, offset);
    }

    /** The smallest offset; the set is not empty. */
    long first() {
        return nextPresent(0);
    }

    /** The smallest offset at or after {@code from} that is not in the set. */
    public long nextAbsent(long from) {
        long at = from;
        for (RoaringBitmap part = partOf(at); part != null; part = partOf(at)) {
            long next = part.nextAbsentValue((int) at);
            if (next >= 0) {
                return (at & ~PART_MASK) + next;
            }
            at = startOfNextPart(at);
        }
        return at;
    }

    /** The smallest offset at or after {@code from} that is in the set; -1 where there is none. */
    public long nextPresent(long from) {
        long start = Math.max(0, from);
        for (Long key = parts.ceilingKey(start >>> PART_BITS); key != null; key = parts.higherKey(key)) {
            long partStart = key << PART_BITS;
            RoaringBitmap part = parts.get(key);
            long next = part == null ? -1 : part.nextValue((int) Math.max(0, start - partStart));
            if (next >= 0) {
                return partStart + next;
            }
        }
        return -1;
    }

    /** How many offsets from {@code from} up to but not {@code to} are in the set. */
    public long count(long from, long to) {
        long count = 0;
        for (long at = from; at < to && size > 0; at = startOfNextPart(at)) {
            RoaringBitmap part = parts.get(at >>> PART_BITS);
            long end = Math.min(to, startOfNextPart(at));
            count += part == null ? 0 : part.rangeCardinality(at & PART_MASK, (at & PART_MASK) + end - at);
        }
        return count;
    }

    /** A copy of what is in the set from {@code from} up to but not {@code to}. */
    OffsetSet copy(long from, long to) {
        OffsetSet copy = new OffsetSet();
        for (long at = from; at < to && size > 0; at = startOfNextPart(at)) {
            RoaringBitmap part = parts.get(at >>> PART_BITS);
            long end = Math.min(to, startOfNextPart(at));
            if (part != null) {
                RoaringBitmap range = part.selectRange(at & PART_MASK, (at & PART_MASK) + end - at);
                if (!range.isEmpty()) {
                    copy.parts.put(at >>> PART_BITS, range);
                    copy.size += range.getLongCardinality();
                }
            }
        }
        return copy;
    }

    /** Adds what is in {@code other}, which is given up. */
    public void addAll(OffsetSet other) {
        other.parts.forEach((key, part) -> {
            RoaringBitmap mine = parts.computeIfAbsent(key, any -> new RoaringBitmap());
            long before = mine.getLongCardinality();
            mine.or(part);
            size += mine.getLongCardinality() - before;
        });
    }

    /** Another set of the same offsets. */
    public OffsetSet copy() {
        OffsetSet copy = new OffsetSet();
        parts.forEach((key, part) -> copy.parts.put(key, part.clone()));
        copy.size = size;
        return copy;
    }

    /** Removes what is in {@code other}. */
    public void removeAll(OffsetSet other) {
        other.parts.forEach((key, part) -> {
            RoaringBitmap mine = parts.get(key);
            if (mine != null) {
                long before = mine.getLongCardinality();
                mine.andNot(part);
                size -= before - mine.getLongCardinality();
                dropIfEmpty(key << PART_BITS, mine);
            }
        });
    }

    /** Writes the number of parts, then of each its key, its length and the bitmap in RoaringBitmap's own format. */
    public void writeTo(ByteBuf target) {
        RecordFormat.putUnsigned(target, parts.size());
        parts.forEach((key, part) -> {
            part.runOptimize();
            int bytes = part.serializedSizeInBytes();
            RecordFormat.putUnsigned(target, key);
            RecordFormat.putUnsigned(target, bytes);
            target.ensureWritable(bytes);
            part.serialize(target.nioBuffer(target.writerIndex(), bytes));
            target.writerIndex(target.writerIndex() + bytes);
        });
    }

    /** Reads what {@link #writeTo} wrote. */
    public static OffsetSet read(ByteBuf source) {
        OffsetSet set = new OffsetSet();
        for (long left = RecordFormat.getUnsigned(source); left > 0; left--) {
            long key = RecordFormat.getUnsigned(source);
            int bytes = (int) RecordFormat.getUnsigned(source);
            RoaringBitmap part = new RoaringBitmap();
            try {
                part.deserialize(source.nioBuffer(source.readerIndex(), bytes));
            } catch (IOException e) {
                throw new UncheckedIOException("a bitmap that passed its checksum cannot be read", e);
            }
            source.skipBytes(bytes);
            set.parts.put(key, part);
            set.size += part.getLongCardinality();
        }
        return set;
    }

    private @Nullable RoaringBitmap partOf(long offset) {
        return size == 0 ? null : parts.get(offset >>> PART_BITS);
    }

    private RoaringBitmap partFor(long offset) {
        return parts.computeIfAbsent(offset >>> PART_BITS, any -> new RoaringBitmap());
    }

    private void dropIfEmpty(long offset, RoaringBitmap part) {
        if (part.isEmpty()) {
            parts.remove(offset >>> PART_BITS);
        }
    }

    private static long startOfNextPart(long offset) {
        return (offset | PART_MASK) + 1;
    }
}
