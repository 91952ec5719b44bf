package io.millrace.broker;

import io.millrace.broker.message.NativeBatch;
import io.millrace.engine.Publish;
import io.millrace.engine.Refusal;
import io.millrace.storage.BodyFormat;
import io.millrace.storage.EntryEnvelope;
import io.netty.buffer.ByteBuf;

/** A publish of messages in the broker's own format. Takes the batch over and releases it when it is answered. */
public abstract class NativePublish extends Publish {
    private final NativeBatch batch;

    /** Publishes {@code batch}, which holds at least one message. */
    protected NativePublish(NativeBatch batch) {
        this.batch = batch;
    }

    /** What is published. */
    public final NativeBatch batch() {
        return batch;
    }

    /** The messages are stored from {@code firstOffset} on. On the shard's loop. */
    protected abstract void onPublished(long firstOffset);

    /** They are not, but see {@link Refusal#STORAGE_FAILED}. On the shard's loop. */
    protected abstract void onFailed(Refusal reason);

    @Override
    public final int count() {
        return batch.count();
    }

    @Override
    public final int bodyBytes() {
        return batch.bytes();
    }

    @Override
    public final void writeBody(ByteBuf target) {
        batch.writeTo(target);
    }

    @Override
    public final void fill(EntryEnvelope envelope) {
        envelope.format = BodyFormat.NATIVE;
    }

    @Override
    protected final void onStored(long offset) {
        batch.release();
        onPublished(offset);
    }

    @Override
    protected final void onRefused(Refusal reason) {
        batch.release();
        onFailed(reason);
    }
}
