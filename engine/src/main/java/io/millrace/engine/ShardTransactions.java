package io.millrace.engine;

import io.millrace.base.Check;
import io.millrace.engine.TransactionPart.Acknowledging;
import io.millrace.engine.TransactionPart.Publishing;
import io.millrace.engine.lease.LeaseTable;
import io.millrace.engine.queue.Queue;
import io.millrace.engine.record.LogChanges;
import io.millrace.engine.record.RecordWriter;
import io.millrace.engine.subscription.IndividualSubscription;
import io.millrace.engine.transaction.PreparedTransaction;
import io.millrace.engine.transaction.PreparedTransaction.Acknowledged;
import io.millrace.engine.transaction.TransactionTable;
import io.millrace.storage.EntryEnvelope;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What transactions do in a shard. All of a part is in the log before anything of it takes effect: its entries, then,
 * in the same turn, the record that makes them count, or wait. Entries without such a record, for the process ended
 * between them, are nothing (docs/decisions/0023-transactions.md). Part of a shard; the loop's.
 */
final class ShardTransactions {
    private final Shard shard;
    private final Intake intake;
    private final RecordWriter writer;
    private final LeaseTable leases;
    private final TransactionTable table;
    private final PreparedMessages messages;
    private final LogChanges changes = new LogChanges();

    ShardTransactions(Shard shard, Intake intake, RecordWriter writer) {
        this.shard = shard;
        this.intake = intake;
        this.writer = writer;
        this.leases = shard.leases();
        this.table = shard.transactionTable();
        this.messages = new PreparedMessages(shard, false);
    }

    /** Has {@code part} take effect as a whole, or prepared, now or when it is its turn; or refuses it. */
    void take(TransactionPart part) {
        for (Publishing each : part.publishes()) {
            each.publish.queue = shard.open(each.logId);
        }
        for (Acknowledging each : part.acknowledged()) {
            each.queue = shard.open(each.logId);
        }
        Refusal refusal = refusal(part);
        if (refusal != null) {
            part.refuse(refusal);
        } else if (part.publishes().isEmpty()) {
            append(part);
        } else {
            intake.offer(part);
        }
    }

    private @Nullable Refusal refusal(TransactionPart part) {
        Refusal refusal = null;
        for (Publishing each : part.publishes()) {
            refusal = refusal == null ? refusal(each.publish.queue) : refusal;
        }
        for (Acknowledging each : part.acknowledged()) {
            refusal = refusal == null ? refusal(each.queue) : refusal;
        }
        return refusal;
    }

    private @Nullable Refusal refusal(@Nullable Queue queue) {
        return shard.refusal(queue);
    }

    /** It is the turn of {@code part}: its keys are known. */
    void append(TransactionPart part) {
        Refusal refusal = refusal(part);
        if (refusal == null && !holdsItsMessages(part)) {
            refusal = Refusal.LEASE_ENDED;
        }
        if (refusal == null && shard.parts().lengthLimits().isFull(part, intake)) {
            refusal = Refusal.QUEUE_FULL;
        }
        if (refusal != null) {
            part.refuse(refusal);
            return;
        }
        changes.clear();
        PreparedTransaction prepared =
                part.isPrepared() ? new PreparedTransaction(part.coordinatorShard(), part.token()) : null;
        part.publishes().forEach(each -> append(each, prepared));
        for (Acknowledging each : part.acknowledged()) {
            if (each.isUnleased()) {
                remove(each);
            } else {
                acknowledge(each, prepared);
            }
        }
        shard.await(record(part, prepared), part);
        lookAfterQueues(part);
        shard.touch();
    }

    /** Whether everything that {@code part} ends is there to be ended. */
    private boolean holdsItsMessages(TransactionPart part) {
        long nowNanos = shard.clock().nanoTime();
        for (Acknowledging each : part.acknowledged()) {
            if (each.isUnleased()) {
                if (!isFree(each.queue(), each.offset)) {
                    return false;
                }
                continue;
            }
            int slot = leases.find(each.token, each.queue(), each.offset);
            if (slot < 0 || leases.timers().deadlineNanos(slot) - nowNanos <= 0) {
                return false;
            }
        }
        return true;
    }

    private static boolean isFree(Queue queue, long offset) {
        IndividualSubscription subscription = queue.subscription();
        return offset < queue.log().readableOffset()
                && !subscription.settled().contains(offset)
                && !subscription.isLeased(offset)
                && !queue.claimed().contains(offset)
                && !queue.undecided().contains(offset);
    }

    private void append(Publishing publishing, @Nullable PreparedTransaction prepared) {
        if (!publishing.isNew()) {
            return;
        }
        Queue queue = publishing.queue();
        EntryEnvelope entry = intake.appendOfTransaction(queue, publishing.publish);
        changes.addPublished(entry.logId, entry.firstOffset, entry.span);
        if (prepared == null) {
            Intake.arrive(shard, queue, entry, false);
            intake.noteLength(queue, entry.span);
            queue.countPublished(entry.span);
        } else {
            messages.hold(queue, entry, logId -> false);
            prepared.entries().add(entry.copy());
        }
    }

    private void acknowledge(Acknowledging acknowledging, @Nullable PreparedTransaction prepared) {
        Queue queue = acknowledging.queue();
        long offset = acknowledging.offset;
        int slot = leases.find(acknowledging.token, queue, offset);
        if (slot < 0) {
            return; // it is named twice
        }
        int priority = leases.priority(slot);
        if (prepared != null) {
            leases.noteInHistory(slot, queue.subscription().history());
        }
        leases.free(slot);
        queue.markDirty();
        changes.addAcknowledged(acknowledging.logId, offset, priority);
        if (prepared == null) {
            queue.subscription().settleLeased(offset);
            queue.countAcknowledged();
        } else {
            messages.holdLeased(queue, offset);
            prepared.acknowledged().add(new Acknowledged(acknowledging.logId, offset, priority));
        }
    }

    private void remove(Acknowledging removing) {
        Queue queue = removing.queue();
        queue.subscription().settleUnleased(removing.offset, removing.offset + 1);
        queue.markDirty();
        // A priority is of use only to what comes back, and this does not.
        changes.addAcknowledged(removing.logId, removing.offset, EntryEnvelope.PRIORITY_NORMAL);
    }

    private long record(TransactionPart part, @Nullable PreparedTransaction prepared) {
        if (prepared != null) {
            table.add(prepared);
            return writer.prepare(part.coordinatorShard(), part.token(), changes);
        }
        if (part.token() != TransactionPart.NO_TOKEN) {
            table.decide(part.token(), part.participants());
        }
        return writer.commit(part.token(), part.participants(), changes);
    }

    private void lookAfterQueues(TransactionPart part) {
        Set<Queue> queues = new LinkedHashSet<>();
        part.acknowledged().forEach(each -> queues.add(each.queue()));
        for (Queue each : queues) {
            shard.queues().dropSettledEntries(each);
            shard.queues().wake(each);
        }
    }

    /**
     * What was prepared for {@code token} of {@code coordinator} takes effect now, or will not; where that was known
     * already nothing is done. {@code recorded} hears when it is on stable storage.
     */
    void finish(int coordinator, long token, boolean isCommitted, Completion recorded) {
        if (shard.isRefusing()) {
            return; // the next start asks what was decided
        }
        PreparedTransaction prepared = table.take(coordinator, token);
        if (prepared == null) {
            shard.whenSynced(() -> recorded.onSynced(shard), recorded::onLost);
            return;
        }
        long position = writer.outcome(coordinator, token, isCommitted);
        if (isCommitted) {
            messages.commit(prepared, logId -> false);
        } else {
            messages.abort(prepared, logId -> false);
        }
        messages.expireLapsed(prepared);
        shard.await(position, recorded);
        intake.onDecided();
        shard.touch();
    }

    /** All participants of {@code token}, which was decided here, have that on stable storage. */
    void forget(long token) {
        if (!shard.isRefusing()) {
            Check.that(table.forget(token), "a decision is forgotten once");
            writer.forget(token);
            shard.touch();
        }
    }
}
