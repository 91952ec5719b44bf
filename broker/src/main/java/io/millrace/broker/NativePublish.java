package io.millrace.broker;

import io.millrace.broker.catalog.QueueSettings;
import io.millrace.broker.message.DeliveryAttributes;
import io.millrace.broker.message.NativeBatch;
import io.millrace.broker.message.TextHash;
import io.millrace.engine.Publish;
import io.millrace.engine.Refusal;
import io.millrace.storage.BodyFormat;
import io.millrace.storage.EntryEnvelope;
import io.netty.buffer.ByteBuf;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A publish of messages in the broker's own format. Takes the batch over and releases it as soon as it is copied into
 * the log, or refused. What the batch does not say of the delivery, the settings of the queue do; in a partition of a
 * topic nothing of that counts.
 */
public abstract class NativePublish extends Publish {
    private final NativeBatch batch;
    private final int count;
    private final TextHash group;
    private final TextHash deduplicationKey;
    private @Nullable QueueSettings delivery = QueueSettings.DEFAULT;
    private long deduplicationMillis = QueueSettings.DEDUPLICATION_MILLIS;
    private @Nullable ProducerNumber producer;
    private boolean copied;

    /** Publishes {@code batch}, which holds at least one message. */
    protected NativePublish(NativeBatch batch) {
        this.batch = batch;
        this.count = batch.count();
        this.group = hash(batch.group());
        this.deduplicationKey = hash(batch.deduplicationId());
    }

    private static TextHash hash(@Nullable String text) {
        return text == null ? TextHash.NONE : TextHash.of(text);
    }

    /** What is published; holds no bodies any more once it is on its way. */
    public final NativeBatch batch() {
        return batch;
    }

    /** Its messages are those of a producer that numbers them. Before it is given to a shard. */
    public final void by(ProducerNumber number) {
        producer = number;
    }

    /** It goes to {@code log}. Before it is given to a shard. */
    final void to(DefinedLog log) {
        delivery = log.delivery();
        deduplicationMillis = log.deduplicationMillis();
    }

    /** The messages are stored from {@code firstOffset} on. On the shard's loop. */
    protected abstract void onPublished(long firstOffset);

    /**
     * It was published before, with the same deduplication id or by the same producer under the same numbers, and is
     * not stored again; then it was given {@code firstOffset}. On the shard's loop.
     */
    protected void onPublishedBefore(long firstOffset) {
        onPublished(firstOffset);
    }

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
        onBodyShared();
    }

    @Override
    protected final void onBodyShared() {
        copied = true;
        batch.release();
    }

    @Override
    public final void fill(EntryEnvelope envelope) {
        envelope.format = BodyFormat.NATIVE;
        if (producer != null) {
            envelope.producerId = producer.id();
            envelope.producerEpoch = producer.epoch();
            envelope.producerSequence = producer.sequence();
        }
        envelope.flags |= batch.isMoved() ? EntryEnvelope.MOVED : 0;
        QueueSettings settings = delivery;
        if (settings == null) {
            return;
        }
        DeliveryAttributes said = batch.attributes();
        envelope.priority = (int) orElse(said.priority(), settings.priorityDefault());
        envelope.dueMillis = orElse(said.dueMillis(), EntryEnvelope.NONE);
        envelope.expiryMillis = expiryMillis(said, settings.timeToLiveMillis(), envelope.timestampMillis);
        envelope.groupHigh = group.high();
        envelope.groupLow = group.low();
    }

    /** When messages that are stored at {@code nowMillis} end: as they say or as their queue says, what comes first. */
    private static long expiryMillis(DeliveryAttributes said, long longestMillis, long nowMillis) {
        long own = said.timeToLiveMillis() == DeliveryAttributes.UNSAID
                ? orElse(said.expiryMillis(), EntryEnvelope.NONE)
                : nowMillis + said.timeToLiveMillis();
        if (longestMillis == QueueSettings.FOR_EVER) {
            return own;
        }
        long latest = nowMillis + longestMillis;
        return own == EntryEnvelope.NONE ? latest : Math.min(own, latest);
    }

    @Override
    public final long delayNanos() {
        QueueSettings settings = delivery;
        if (settings == null || batch.isMoved()) {
            return 0; // the delay of its new queue is for what is published there
        }
        DeliveryAttributes said = batch.attributes();
        long otherwise = said.dueMillis() == DeliveryAttributes.UNSAID ? settings.delayMillis() : 0;
        return TimeUnit.MILLISECONDS.toNanos(orElse(said.delayMillis(), otherwise));
    }

    @Override
    public final long deduplicationNanos() {
        return batch.deduplicationId() == null ? 0 : TimeUnit.MILLISECONDS.toNanos(deduplicationMillis);
    }

    @Override
    public final long deduplicationHigh() {
        return deduplicationKey.high();
    }

    @Override
    public final long deduplicationLow() {
        return deduplicationKey.low();
    }

    /** Whether it was moved here: what is full then must not keep other queues from what they have to move. */
    @Override
    public final boolean mayOverfill() {
        return batch.isMoved();
    }

    private static long orElse(long said, long otherwise) {
        return said == DeliveryAttributes.UNSAID ? otherwise : said;
    }

    @Override
    protected final void onStored(long offset) {
        onPublished(offset);
    }

    @Override
    protected final void onDuplicate(long offset) {
        release();
        onPublishedBefore(offset);
    }

    @Override
    protected final void onRefused(Refusal reason) {
        release();
        onFailed(reason);
    }

    private void release() {
        if (!copied) {
            batch.release();
        }
    }
}
