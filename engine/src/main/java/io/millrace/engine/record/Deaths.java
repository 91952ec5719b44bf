package io.millrace.engine.record;

import io.millrace.engine.policy.DeathReason;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import org.agrona.collections.Long2ObjectHashMap;
import org.jspecify.annotations.Nullable;

/** Messages of one log that are not delivered any more: why, and what consumers have said. Reused; the loop's. */
public final class Deaths {
    private final EnumMap<DeathReason, RunWriter> byReason = new EnumMap<>(DeathReason.class);
    private final List<Text> texts = new ArrayList<>();
    private int size;

    private record Text(long offset, byte[] bytes) {}

    /** Is told what was read. */
    public interface Reader {
        /** The message at {@code offset} has died for {@code reason}; {@code text} is what its consumer said. */
        void onDead(long offset, DeathReason reason, byte @Nullable [] text);
    }

    /** Makes an empty one. */
    public Deaths() {
        for (DeathReason each : DeathReason.values()) {
            byReason.put(each, new RunWriter());
        }
    }

    /** How many there are. */
    public int size() {
        return size;
    }

    /** Forgets all of them. */
    public void clear() {
        for (RunWriter each : byReason.values()) {
            each.clear();
        }
        texts.clear();
        size = 0;
    }

    /** Adds the message at {@code offset}; {@code text} in UTF-8, below 64 KiB. */
    public void add(long offset, DeathReason reason, byte @Nullable [] text) {
        byReason.computeIfAbsent(reason, any -> new RunWriter()).add(offset);
        size++;
        if (text != null) {
            texts.add(new Text(offset, text));
        }
    }

    /** Writes the number of texts, of each the offset, its length and it; then of each reason the runs. */
    void writeTo(ByteBuf target) {
        RecordFormat.putUnsigned(target, texts.size());
        for (Text each : texts) {
            RecordFormat.putUnsigned(target, each.offset);
            RecordFormat.putUnsigned(target, each.bytes.length);
            target.writeBytes(each.bytes);
        }
        for (RunWriter each : byReason.values()) {
            each.writeTo(target);
        }
    }

    /** Reads what {@link #writeTo} wrote. */
    public static void read(ByteBuf source, Reader reader) {
        Long2ObjectHashMap<byte[]> texts = new Long2ObjectHashMap<>();
        for (long left = RecordFormat.getUnsigned(source); left > 0; left--) {
            long offset = RecordFormat.getUnsigned(source);
            int length = (int) RecordFormat.getUnsigned(source);
            texts.put(offset, ByteBufUtil.getBytes(source.readSlice(length)));
        }
        for (DeathReason reason : DeathReason.values()) {
            RunWriter.read(source, (start, length) -> {
                for (long offset = start; offset < start + length; offset++) {
                    reader.onDead(offset, reason, texts.get(offset));
                }
            });
        }
    }
}
