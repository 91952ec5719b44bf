package io.millrace.engine;

import io.millrace.base.Check;
import io.millrace.engine.queue.Queue;
import io.millrace.engine.record.LogChanges;
import io.millrace.engine.record.RecordFormat;
import io.millrace.engine.transaction.PreparedTransaction;
import io.millrace.engine.transaction.PreparedTransaction.Acknowledged;
import io.millrace.engine.transaction.TransactionTable;
import io.millrace.storage.EntryEnvelope;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The part of a replay that is about transactions. Their entries are put aside until the record that is behind them
 * says what they are; where there is none, for the process ended between them, they are settled. Where damage may have
 * taken that record they count: a message too many is better than one that was confirmed and is lost.
 */
final class TransactionReplay {
    private final Shard shard;
    private final TransactionTable table;
    private final Logs logs;
    private final PreparedMessages messages;
    private final List<Aside> aside = new ArrayList<>();
    private boolean isDamaged;

    /** An entry whose record does not say yet what it is; with its body where that is a definition. */
    private record Aside(long position, EntryEnvelope entry, @Nullable ByteBuf definition) {}

    /** What the replay does with a log, whoever says so. */
    interface Logs {
        /** The queue of a log, made if need be; all below {@code end} was given out. */
        Queue queue(long logId, long end);

        /** Whether the snapshot has what the record at {@code position} says of log {@code logId}. */
        boolean isKnown(long logId, long position);

        /** The messages of an entry at {@code position} are there for {@code queue} and its subscriptions. */
        void arrive(long position, Queue queue, EntryEnvelope entry);

        /** They are not. */
        void settle(long position, Queue queue, EntryEnvelope entry);

        /** A token was given out. */
        void onToken(long token);

        /** A message is done with. */
        void acknowledge(Queue queue, long offset);

        /** Ends the lease of a message, of which it may be that nothing is known. */
        void endLease(Queue queue, long offset);
    }

    TransactionReplay(Shard shard, Logs logs) {
        this.shard = shard;
        this.table = shard.transactionTable();
        this.logs = logs;
        this.messages = new PreparedMessages(shard, true);
    }

    /**
     * Puts aside an entry of a transaction, which is in its log already. A {@code definition}, unless it is known, is
     * told the host when it counts: until then it may be nothing.
     */
    void onEntry(long position, EntryEnvelope entry, @Nullable ByteBuf definition) {
        aside.add(new Aside(position, entry.copy(), definition));
    }

    /** Records are lost to damage. */
    void onLost() {
        isDamaged |= !aside.isEmpty();
    }

    /** There are no more records, or one follows that is not about what was put aside. */
    void endEntries() {
        for (Aside each : aside) {
            if (isDamaged) {
                arrive(each);
            } else {
                logs.settle(each.position, logs.queue(each.entry.logId, 0), each.entry);
            }
        }
        clear();
    }

    private void arrive(Aside counting) {
        logs.arrive(counting.position, logs.queue(counting.entry.logId, 0), counting.entry);
        if (counting.definition != null) {
            shard.host().onDefinition(shard, counting.entry.firstOffset, counting.definition);
        }
    }

    private void clear() {
        aside.clear();
        isDamaged = false;
    }

    private static long end(EntryEnvelope entry) {
        return entry.firstOffset + entry.span;
    }

    void onCommit(long position, ByteBuf record) {
        long token = record.readLong();
        int[] participants = new int[(int) RecordFormat.getUnsigned(record)];
        for (int i = 0; i < participants.length; i++) {
            participants[i] = (int) RecordFormat.getUnsigned(record);
        }
        aside.forEach(this::arrive);
        clear();
        LogChanges.read(record, new LogChanges.Reader() {
            @Override
            public void onPublished(long logId, long start, long length) {
                if (!logs.isKnown(logId, position)) {
                    logs.queue(logId, start + length); // damage may have taken the entry
                }
            }

            @Override
            public void onAcknowledged(long logId, long offset, int priority) {
                if (!logs.isKnown(logId, position)) {
                    logs.acknowledge(logs.queue(logId, offset + 1), offset);
                }
            }
        });
        if (token != TransactionPart.NO_TOKEN) {
            logs.onToken(token);
            if (position >= table.asOfPosition()) {
                table.decide(token, participants);
            }
        }
    }

    void onPrepare(long position, ByteBuf record) {
        if (position < table.asOfPosition()) {
            clear(); // what became of it is in the snapshot, with all that it did
            return;
        }
        PreparedTransaction prepared =
                new PreparedTransaction((int) RecordFormat.getUnsigned(record), record.readLong());
        for (Aside each : aside) {
            Check.that(each.definition == null, "the shard of the catalog decides what it takes part in");
            prepared.entries().add(each.entry);
            Queue queue = logs.queue(each.entry.logId, 0);
            messages.hold(queue, each.entry, logId -> logs.isKnown(logId, each.position));
        }
        clear();
        LogChanges.read(record, new LogChanges.Reader() {
            @Override
            public void onPublished(long logId, long start, long length) {
                if (!logs.isKnown(logId, position)) {
                    logs.queue(logId, start + length);
                }
            }

            @Override
            public void onAcknowledged(long logId, long offset, int priority) {
                prepared.acknowledged().add(new Acknowledged(logId, offset, priority));
                Queue queue = logs.queue(logId, offset + 1);
                if (logs.isKnown(logId, position)) {
                    queue.claimed().add(offset);
                } else if (!queue.subscription().settled().contains(offset)) {
                    logs.endLease(queue, offset);
                    messages.holdLeased(queue, offset);
                }
            }
        });
        table.add(prepared);
    }

    void onOutcome(long position, ByteBuf record) {
        int coordinator = (int) RecordFormat.getUnsigned(record);
        long token = record.readLong();
        boolean isCommitted = record.readBoolean();
        PreparedTransaction prepared = position < table.asOfPosition() ? null : table.take(coordinator, token);
        if (prepared != null && isCommitted) {
            messages.commit(prepared, logId -> logs.isKnown(logId, position));
        } else if (prepared != null) {
            messages.abort(prepared, logId -> logs.isKnown(logId, position));
        }
    }

    void onForget(long position, ByteBuf record) {
        if (position >= table.asOfPosition()) {
            table.forget(record.readLong());
        }
    }

    /** After the snapshot: what is prepared in it is kept back in its queues, too. */
    void restored() {
        for (PreparedTransaction each : table.prepared()) {
            for (EntryEnvelope entry : each.entries()) {
                Queue queue = shard.queues().get(entry.logId);
                if (queue != null) {
                    queue.undecided().addRange(entry.firstOffset, end(entry));
                }
            }
            for (Acknowledged message : each.acknowledged()) {
                Queue queue = shard.queues().get(message.logId());
                if (queue != null) {
                    queue.claimed().add(message.offset());
                }
            }
        }
    }
}
