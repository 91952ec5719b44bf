package io.millrace.engine;

import io.millrace.base.Check;
import io.millrace.engine.queue.Queue;
import io.millrace.engine.record.EntryBody;
import io.millrace.engine.time.ShardTime;
import io.millrace.storage.EntryEnvelope;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * One entry to store: the messages of one publish to one queue. A door subclasses it; {@link Shard#publish} takes it,
 * and exactly one of the three outcomes is called, on the shard's loop.
 */
public abstract class Publish implements Completion, EntryBody {
    /** Where it goes; known when it is stored, and where it is shared when it is published. */
    @Nullable
    Queue queue;

    long firstOffset;
    private boolean isAnswered;

    /** The number of messages, at least 1. */
    public abstract int count();

    /** The exact length of the body in bytes. */
    @Override
    public abstract int bodyBytes();

    /**
     * Writes exactly {@link #bodyBytes} bytes. Must not fail: what can be wrong with the body was checked before. Where
     * another publish has written the same for this one too, {@link #onBodyShared} is called instead.
     */
    @Override
    public abstract void writeBody(ByteBuf target);

    /**
     * Sets the fields of the envelope that the publisher decides: format; due time and expiry, which are dates by the
     * wall clock; priority, of which 0 comes first, unsigned; the hash of the group whose messages are to be delivered
     * strictly in order, one at a time; its producer, with epoch and the number of the first message: then one that is
     * stored already is answered with {@link #onDuplicate}, and one that is not next is refused ({@link
     * io.millrace.engine.queue.Producers}). In a transaction that is noted and not judged. They hold for all its
     * messages.
     */
    public abstract void fill(EntryEnvelope envelope);

    /** How long from now on the messages are kept back, in nanoseconds, whatever clock is set; 0: see {@link #fill}. */
    public long delayNanos() {
        return 0;
    }

    /**
     * For how long from now on another publish to this log with the same key is a duplicate, in nanoseconds: it is not
     * stored, and is told so by {@link #onDuplicate}. 0: this one has no key.
     */
    public long deduplicationNanos() {
        return 0;
    }

    /**
     * The upper half of the key, which is a hash of what the publisher says: two that are not meant to be the same
     * must not be. Where both halves are 0 there is no key.
     */
    public long deduplicationHigh() {
        return 0;
    }

    /** The lower half of the key. */
    public long deduplicationLow() {
        return 0;
    }

    /** Whether it is stored even if that makes its queue longer than it may be; other queues wait for it to be. */
    public boolean mayOverfill() {
        return false;
    }

    final Queue target() {
        return Check.notNull(queue, "it is known where it goes");
    }

    final boolean isDeduplicated() {
        return deduplicationNanos() > 0 && (deduplicationHigh() | deduplicationLow()) != 0;
    }

    /** Sets what the shard's time decides of the envelope: when a delay and the window of a key are over. */
    final void fillTimes(EntryEnvelope envelope, ShardTime time) {
        if (delayNanos() > 0) {
            envelope.dueMillis = time.endOf(delayNanos());
            envelope.flags |= EntryEnvelope.DELAYED;
        }
        if (isDeduplicated()) {
            envelope.deduplicationHigh = deduplicationHigh();
            envelope.deduplicationLow = deduplicationLow();
            envelope.deduplicationUntilMillis = time.endOf(deduplicationNanos());
        }
    }

    /** The body was stored with another publish, which shares it: this one is not asked to write it. */
    protected void onBodyShared() {
        // It holds nothing that has to be given back.
    }

    /**
     * The messages are on stable storage, from {@code offset} on; or as safe as their queue wants publishes to be when
     * they are answered ({@link io.millrace.engine.policy.Durability}).
     */
    protected abstract void onStored(long offset);

    /**
     * The messages are those of an earlier publish with the same key, whose window has not ended, or of the same
     * producer with the same numbers. That one is on stable storage from {@code offset} on, or was, and nothing was
     * stored now.
     */
    protected void onDuplicate(long offset) {
        onStored(offset);
    }

    /** They are not, and will not be delivered, but see {@link Refusal#STORAGE_FAILED}. */
    protected abstract void onRefused(Refusal reason);

    @Override
    public final void onSynced(Shard shard) {
        Queue target = target();
        target.publishReadable(firstOffset + count());
        shard.queues().wakeAll(target);
        onAnswerable();
    }

    @Override
    public final void onAnswerable() {
        if (!isAnswered) {
            isAnswered = true;
            onStored(firstOffset);
        }
    }

    @Override
    public final void onLost(Refusal reason) {
        if (!isAnswered) {
            isAnswered = true;
            onRefused(reason);
        }
    }
}
