package io.millrace.engine;

import io.millrace.engine.policy.MessageKeys;
import io.millrace.storage.CorruptEntryException;
import io.millrace.storage.EntryEnvelope;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * Of which groups the messages of one entry after the other are: those of a subscription by key are by their keys, all
 * others as their envelope says. The loop's.
 */
final class FoundKeys implements MessageKeys.Visitor {
    private final Shard shard;
    private final EntryEnvelope envelope = new EntryEnvelope();
    /** By index in the entry, upper and lower half of the hash; 0 where there is no key. */
    private long[] hashes = {};

    FoundKeys(Shard shard) {
        this.shard = shard;
    }

    /** Reads the groups of the messages in {@code entry}, which lies at {@code place}, for log {@code logId}. */
    void read(long logId, ByteBuf entry, String place) throws CorruptEntryException {
        envelope.read(entry, entry.readerIndex(), place);
        if (hashes.length < 2 * envelope.span) {
            hashes = new long[2 * envelope.span];
        }
        Arrays.fill(hashes, 0, 2 * envelope.span, 0);
        MessageKeys keys = shard.host().keys(shard, logId);
        if (keys == null) {
            for (int i = 0; i < envelope.span && envelope.isGrouped(); i++) {
                onKey(i, envelope.groupHigh, envelope.groupLow, false);
            }
            return;
        }
        try {
            keys.read(envelope.format, envelope.body(entry, entry.readerIndex()), this);
        } catch (RuntimeException e) {
            // As that of somebody who keeps the latest of each key: what cannot be understood has none.
            Arrays.fill(hashes, 0, 2 * envelope.span, 0);
        }
    }

    @Override
    public void onKey(int index, long hashHigh, long hashLow, boolean isTombstone) {
        if (index < envelope.span) {
            hashes[2 * index] = hashHigh;
            hashes[2 * index + 1] = hashLow;
        }
    }

    int span() {
        return envelope.span;
    }

    int priority() {
        return envelope.priority;
    }

    /** The upper half of the hash of the group of message {@code index}; both halves are 0 where it has none. */
    long high(int index) {
        return hashes[2 * index];
    }

    /** The lower half. */
    long low(int index) {
        return hashes[2 * index + 1];
    }
}
