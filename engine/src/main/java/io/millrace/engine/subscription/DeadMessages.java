package io.millrace.engine.subscription;

import io.millrace.engine.offset.OffsetSet;
import io.millrace.engine.policy.DeathReason;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.EnumMap;
import java.util.Map;
import org.agrona.collections.Long2ObjectHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The messages of a queue that it does not deliver any more, and that wait to be moved to another one. Bits for each
 * message; what consumers have said of them is kept up to {@value #TEXT_BYTES_MAX} bytes a queue. The loop's.
 */
public final class DeadMessages {
    /** How much text is kept of all of them together. */
    private static final int TEXT_BYTES_MAX = 1 << 20;

    private final EnumMap<DeathReason, OffsetSet> byReason = new EnumMap<>(DeathReason.class);
    /** The same sets, to go through them without making anything. */
    private final OffsetSet[] sets;

    private final Long2ObjectHashMap<byte[]> texts = new Long2ObjectHashMap<>();
    private int textBytes;

    DeadMessages() {
        for (DeathReason each : DeathReason.values()) {
            byReason.put(each, new OffsetSet());
        }
        sets = byReason.values().toArray(OffsetSet[]::new);
    }

    /** How many there are. */
    public long size() {
        long size = 0;
        for (OffsetSet each : sets) {
            size += each.size();
        }
        return size;
    }

    /** Whether there is none. */
    public boolean isEmpty() {
        return size() == 0;
    }

    /** Whether the message at {@code offset} is one. */
    public boolean contains(long offset) {
        for (OffsetSet each : sets) {
            if (each.contains(offset)) {
                return true;
            }
        }
        return false;
    }

    /** The first one at or after {@code from}; -1 where there is none. */
    public long nextPresent(long from) {
        long first = -1;
        for (OffsetSet each : byReason.values()) {
            long next = each.nextPresent(from);
            first = next >= 0 && (first < 0 || next < first) ? next : first;
        }
        return first;
    }

    /** The first offset at or after {@code from} that is none. */
    long nextAbsent(long from) {
        long next = from;
        while (contains(next)) {
            for (OffsetSet each : byReason.values()) {
                next = each.nextAbsent(next);
            }
        }
        return next;
    }

    /** Why the message at {@code offset}, which is one of them, has died. */
    public DeathReason reason(long offset) {
        for (Map.Entry<DeathReason, OffsetSet> each : byReason.entrySet()) {
            if (each.getValue().contains(offset)) {
                return each.getKey();
            }
        }
        throw new IllegalArgumentException("message " + offset + " is alive");
    }

    /** What the last consumer of the message at {@code offset} has said, in UTF-8; null where nothing is known. */
    public byte @Nullable [] text(long offset) {
        return texts.get(offset);
    }

    void add(long offset, DeathReason reason, byte @Nullable [] text) {
        byReason.computeIfAbsent(reason, any -> new OffsetSet()).add(offset);
        if (text != null && textBytes + text.length <= TEXT_BYTES_MAX) {
            byte[] before = texts.put(offset, text);
            textBytes += text.length - (before == null ? 0 : before.length);
        }
    }

    void removeRange(long from, long to) {
        for (OffsetSet each : byReason.values()) {
            each.removeRange(from, to);
        }
        if (texts.isEmpty()) {
            return;
        }
        if (to - from == 1) {
            byte[] text = texts.remove(from);
            textBytes -= text == null ? 0 : text.length;
        } else {
            texts.keySet().removeIf(offset -> offset >= from && offset < to);
            textBytes = texts.values().stream().mapToInt(text -> text.length).sum();
        }
    }

    /** Takes all of them out of {@code others}. */
    void removeFrom(OffsetSet others) {
        for (OffsetSet each : byReason.values()) {
            others.removeAll(each);
        }
    }

    /** Writes of each reason the set, then the number of texts, and of each its offset, its length, and it. */
    void writeTo(ByteBuf target) {
        for (OffsetSet each : byReason.values()) {
            each.writeTo(target);
        }
        target.writeInt(texts.size());
        texts.forEach((offset, text) ->
                target.writeLong(offset).writeShort(text.length).writeBytes(text));
    }

    /** Reads what {@link #writeTo} wrote. */
    public static DeadMessages read(ByteBuf source) {
        DeadMessages dead = new DeadMessages();
        dead.restore(source);
        return dead;
    }

    /** Takes over what {@link #writeTo} wrote. */
    void restore(ByteBuf source) {
        for (OffsetSet each : byReason.values()) {
            each.addAll(OffsetSet.read(source));
        }
        for (int left = source.readInt(); left > 0; left--) {
            long offset = source.readLong();
            byte[] text = ByteBufUtil.getBytes(source.readSlice(source.readUnsignedShort()));
            texts.put(offset, text);
            textBytes += text.length;
        }
    }
}
