package io.millrace.broker.message;

import static io.millrace.broker.message.NativeFormat.PROPERTIES_LENGTH_BYTES;
import static io.millrace.broker.message.NativeFormat.TABLE_ENTRY_BYTES;

import io.millrace.broker.MessageId;
import io.millrace.storage.BodyFormat;
import io.millrace.storage.CorruptEntryException;
import io.millrace.storage.EntryEnvelope;
import io.netty.buffer.ByteBuf;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A message as any protocol sees it, whatever format it is stored in. Reused: {@link #show} points it at a message.
 * Holds no reference; what it gives out is valid as long as the entry.
 */
public final class MessageView {
    private final EntryEnvelope envelope = new EntryEnvelope();
    private @Nullable ByteBuf entry;
    private int propertiesAt;
    private int bodyAt;
    private int end;

    /** Points at message {@code index} of {@code source}, an entry from its envelope on. */
    public MessageView show(ByteBuf source, int index) {
        int start = source.readerIndex();
        try {
            envelope.read(source, start, "an entry in memory");
        } catch (CorruptEntryException e) {
            throw new IllegalStateException("the entry was verified when it was read", e);
        }
        if (envelope.format != BodyFormat.NATIVE) {
            throw new IllegalStateException("no view of body format " + envelope.format);
        }
        int body = start + EntryEnvelope.bytesAt(source, start);
        int from =
                index == 0 ? envelope.count * TABLE_ENTRY_BYTES : source.getInt(body + (index - 1) * TABLE_ENTRY_BYTES);
        entry = source;
        propertiesAt = body + from + PROPERTIES_LENGTH_BYTES;
        bodyAt = propertiesAt + source.getInt(body + from);
        end = body + source.getInt(body + index * TABLE_ENTRY_BYTES);
        return this;
    }

    /** Whether the broker has moved it here from another queue: then it has a {@link #history}. */
    public boolean isMoved() {
        return (envelope.flags & EntryEnvelope.MOVED) != 0;
    }

    /**
     * Its id: the place where it was stored first, kept wherever it is moved. It is at {@code offset} of log {@code
     * logId}, to which it was published: an entry may belong to several logs, so that it does not say that.
     */
    public MessageId id(long logId, long offset) {
        return isMoved() ? movedHistory().id() : new MessageId(logId, offset);
    }

    /** What it went through; where it is now, as for {@link #id}. Of one that was not moved, that it was published. */
    public MessageHistory history(long logId, long offset) {
        return isMoved()
                ? movedHistory()
                : new MessageHistory(new MessageId(logId, offset), envelope.timestampMillis, List.of());
    }

    /** What a message that the broker {@linkplain #isMoved has moved} went through. */
    public MessageHistory movedHistory() {
        return HistoryCodec.read(entry(), propertiesAt, bodyAt);
    }

    /** Its properties as they are stored, with {@code history}. */
    ByteBuf propertiesWith(MessageHistory history) {
        return HistoryCodec.with(entry(), propertiesAt, bodyAt, history);
    }

    /** When the broker stored the message, epoch milliseconds. */
    public long publishedMillis() {
        return envelope.timestampMillis;
    }

    /** Whether it has a priority of its own: one that its publisher or its queue said. */
    public boolean hasPriority() {
        return envelope.priority != EntryEnvelope.PRIORITY_NORMAL;
    }

    /** Its priority, unsigned 32 bits; 0 comes first. */
    public long priority() {
        return Integer.toUnsignedLong(envelope.priority);
    }

    /**
     * The date from which on it may be delivered, epoch milliseconds; 0 where there is none. There is none for a delay:
     * it ends by a clock of the engine's own, which is no date.
     */
    public long dueMillis() {
        return (envelope.flags & EntryEnvelope.DELAYED) == 0 ? envelope.dueMillis : EntryEnvelope.NONE;
    }

    /** When it ends unconsumed, epoch milliseconds; 0 for never. */
    public long expiryMillis() {
        return envelope.expiryMillis;
    }

    /** What its publisher said of it. */
    public MessageProperties properties() {
        return PropertiesCodec.decode(entry(), propertiesAt, bodyAt);
    }

    /** Shows {@code visitor} what its publisher said of it, in the order in which it is stored. */
    public void visitProperties(PropertyVisitor visitor) {
        PropertiesCodec.visit(entry(), propertiesAt, bodyAt, visitor);
    }

    /** The length of the body in bytes. */
    public int bodyBytes() {
        return end - bodyAt;
    }

    /** The body, not retained. */
    public ByteBuf body() {
        return entry().slice(bodyAt, end - bodyAt);
    }

    private ByteBuf entry() {
        ByteBuf shown = entry;
        if (shown == null) {
            throw new IllegalStateException("the view shows no message yet");
        }
        return shown;
    }
}
