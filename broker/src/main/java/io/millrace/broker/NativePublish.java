package io.millrace.broker;

import io.millrace.broker.message.NativeBatch;
import io.millrace.engine.Publish;
import io.millrace.engine.Refusal;
import io.millrace.storage.BodyFormat;
import io.millrace.storage.EntryEnvelope;
import io.netty.buffer.ByteBuf;

/**
 * A publish of messages in the broker's own format. Takes the batch over and releases it as soon as it is copied into
 * the log, or refused.
 */
public abstract class NativePublish extends Publish {
    private final NativeBatch batch;
    private final int count;
    private boolean copied;

    /** Publishes {@code batch}, which holds at least one message. */
    protected NativePublish(NativeBatch batch) {
        this.batch = batch;
        this.count = batch.count();
    }

    /** What is published; holds no bodies any more once it is on its way. */
    public final NativeBatch batch() {
        return batch;
    }

    /** The messages are stored from {@code firstOffset} on. On the shard's loop. */
    protected abstract void onPublished(long firstOffset);

    /** They are not, but see {@link Refusal#STORAGE_FAILED}. On the shard's loop. */
    protected abstract void onFailed(Refusal reason);

    @Override
    public final int count() {
        return count;
    }

    @Override
    public final int bodyBytes() {
        return batch.bytes();
    }

    @Override
    public final void writeBody(ByteBuf target) {
        batch.writeTo(target);
        copied = true;
        batch.release();
    }

    @Override
    public final void fill(EntryEnvelope envelope) {
        envelope.format = BodyFormat.NATIVE;
    }

    @Override
    protected final void onStored(long offset) {
        onPublished(offset);
    }

    @Override
    protected final void onRefused(Refusal reason) {
        if (!copied) {
            batch.release();
        }
        onFailed(reason);
    }
}
