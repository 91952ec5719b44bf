package io.millrace.engine;

import io.millrace.storage.CorruptEntryException;
import io.millrace.storage.EntryEnvelope;
import io.netty.buffer.ByteBuf;
import java.util.Collection;
import java.util.function.Consumer;

/**
 * Moves messages of a simulation that nobody holds from one queue to another, as a broker does with dead letters and
 * with those that it sends back: all of them, or none. They keep their body, priority and group, and have neither delay
 * nor expiry.
 */
final class CheckedMove extends CheckedTransaction {
    private final SimulationTally tally;
    private final Shard shard;
    private final QueueClients source;
    private final Consumer<Boolean> whenEnded;
    private final EntryEnvelope envelope = new EntryEnvelope();
    private final long stamp;

    /** Moves out of {@code source}, of this shard; {@code whenEnded} hears on its loop whether they have moved. */
    CheckedMove(SimulationTally tally, Shard shard, QueueClients source, Consumer<Boolean> whenEnded) {
        super(tally);
        this.tally = tally;
        this.shard = shard;
        this.source = source;
        this.whenEnded = whenEnded;
        this.stamp = source.ledger().stamp();
    }

    /**
     * Adds those of the first {@code count} of {@code messages} that no other move has, up to about {@code bytesMax}
     * bytes; returns whether there are any.
     */
    boolean fill(Peek messages, QueueClients target, Shard targetShard, int count, long bytesMax) {
        long bytes = 0;
        for (int i = 0; i < count && bytes < bytesMax; i++) {
            ByteBuf entry = messages.entry(i);
            long number =
                    PublishProbe.numberIn(messages.storedIn(), PublishProbe.numberIn(entry, messages.indexInEntry(i)));
            if (!source.model().isBeingRemoved(number)) {
                readEnvelope(entry);
                int messageBytes = envelope.bodyBytes / envelope.count;
                bytes += messageBytes;
                add(target.moveHere(this, targetShard, targetShard != shard, number, messageBytes, this::fill));
                remove(shard, source, number, messages.offset(i));
            }
        }
        return bytes > 0;
    }

    private void fill(PublishProbe moved) {
        moved.priority(envelope.priority).groupOf(envelope);
    }

    private void readEnvelope(ByteBuf entry) {
        try {
            envelope.read(entry, entry.readerIndex(), "a message to be moved");
        } catch (CorruptEntryException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    protected void onCommitted() {
        super.onCommitted();
        // What was asked for before is in front of it in the log.
        if (!source.ledger().hasFailed()) {
            source.ledger().confirmed(stamp);
        }
        shard.loop().execute(() -> whenEnded.accept(true));
    }

    @Override
    protected void onRefused(Refusal reason) {
        super.onRefused(reason);
        shard.loop().execute(() -> whenEnded.accept(false));
    }

    @Override
    void found(Collection<QueueClients> queues) {
        super.found(queues);
        tally.movesInDoubt++;
    }
}
