package io.millrace.engine;

import io.millrace.engine.queue.Queue;
import io.millrace.engine.subscription.GroupReader;
import io.millrace.storage.CorruptEntryException;
import io.millrace.storage.EntryEnvelope;
import io.netty.buffer.ByteBuf;

/** Looks at the entries of a queue to see of which groups its messages are. Part of a shard; the loop's. */
final class PeekedGroups implements GroupReader {
    private final Shard shard;
    private final Queue queue;

    PeekedGroups(Shard shard, Queue queue) {
        this.shard = shard;
        this.queue = queue;
    }

    @Override
    public void read(long offset, Reader reader) {
        shard.loop().execute(() -> {
            if (shard.refusal(queue) == null) {
                shard.peek(queue.log().id(), new EnvelopePeek(offset, reader));
            }
        });
    }

    /** The entry of the message at {@code offset} cannot be read: it is not delivered. */
    private void onDamaged(long offset, Exception failure) {
        queue.subscription().damageGrouped(offset);
        queue.markDirty();
        shard.onDamage(queue, offset, failure);
    }

    private final class EnvelopePeek extends Peek {
        private final long offset;
        private final Reader reader;

        EnvelopePeek(long offset, Reader reader) {
            super(offset, 1, Integer.MAX_VALUE, null);
            this.offset = offset;
            this.reader = reader;
        }

        private long high;
        private long low;

        @Override
        protected void onPeeked() {
            try {
                if (size() == 1 && offset(0) == offset) {
                    readGroup();
                }
            } catch (CorruptEntryException e) {
                onDamaged(offset, e);
            } finally {
                release();
            }
            reader.onGroup(offset, high, low);
        }

        private void readGroup() throws CorruptEntryException {
            String place = "log " + queue.log().id() + ", offset " + offset;
            if (!isReadable(0)) {
                throw new CorruptEntryException(place, "the entry cannot be read");
            }
            ByteBuf entry = entry(0);
            if (queue.subscription().unsifted().isUsed()) {
                FoundKeys keys = new FoundKeys(shard);
                keys.read(queue.log().id(), entry, place);
                high = keys.high(indexInEntry(0));
                low = keys.low(indexInEntry(0));
            } else {
                EntryEnvelope envelope = new EntryEnvelope();
                envelope.read(entry, entry.readerIndex(), place);
                high = envelope.groupHigh;
                low = envelope.groupLow;
            }
        }

        @Override
        protected void onRefused(Refusal reason) {
            // Nobody waits for messages of the queue any more.
        }
    }
}
