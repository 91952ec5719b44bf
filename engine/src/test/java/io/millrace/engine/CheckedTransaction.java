package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.QueueClients.CheckedPublish;
import io.millrace.engine.ReceiveProbe.Message;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A transaction of a simulation: all of it is done or nothing, and who asked for it is told which. */
class CheckedTransaction extends Transaction {
    private final SimulationTally tally;
    private final List<CheckedPublish> publishes = new ArrayList<>();
    private final List<Claim> claims = new ArrayList<>();
    private final List<Removal> removals = new ArrayList<>();
    private boolean isEnded;
    private boolean isOpen = true;

    private record Claim(QueueClients queue, Message message) {}

    private record Removal(QueueClients queue, long number) {}

    CheckedTransaction(SimulationTally tally) {
        this.tally = tally;
    }

    void add(CheckedPublish publish) {
        publishes.add(publish);
    }

    void claim(Shard shard, QueueClients queue, Message message) {
        claims.add(new Claim(queue, message));
        acknowledge(shard, queue.logId, message.offset(), message.token());
    }

    /** Adds the end of the message {@code number}, which is at {@code offset} of {@code queue}; nobody holds it. */
    void remove(Shard shard, QueueClients queue, long number, long offset) {
        removals.add(new Removal(queue, number));
        queue.model().removing(number);
        remove(shard, queue.logId, offset);
    }

    /** Whether nobody waits for its answer. */
    boolean isEnded() {
        return isEnded;
    }

    /** The process has ended: it is not answered any more. */
    void died() {
        isEnded = true;
    }

    /** Whether nobody knows yet whether it has happened. */
    boolean isOpen() {
        return isOpen;
    }

    @Override
    protected void onCommitted() {
        assertThat(isEnded).isFalse();
        isEnded = true;
        isOpen = false;
        tally.transactions++;
        endClaims(true);
    }

    @Override
    protected void onRefused(Refusal reason) {
        assertThat(isEnded).isFalse();
        isEnded = true;
        tally.refused(reason);
        if (reason != Refusal.STORAGE_FAILED) {
            isOpen = false;
            endClaims(false);
        }
    }

    private void endClaims(boolean isDone) {
        claims.forEach(each -> each.queue.model().claimEnded(each.message.number(), isDone));
        removals.forEach(each -> each.queue.model().removalEnded(each.number, isDone));
    }

    /** A process has started, and all of {@code queues} was seen: it has happened entirely or not at all. */
    void found(Collection<QueueClients> queues) {
        @Nullable Boolean hasHappened = null;
        for (CheckedPublish each : publishes) {
            boolean isSeen = each.isAppended() && queues.contains(each.queue());
            hasHappened = agreed(
                    hasHappened, isSeen ? each.queue().model().isThere(each.firstNumber()) : null, each.firstNumber());
        }
        for (Removal each : removals) {
            boolean isSeen = queues.contains(each.queue);
            hasHappened = agreed(hasHappened, isSeen ? each.queue.model().isRemoved(each.number) : null, each.number);
        }
        for (Claim each : claims) {
            if (Boolean.TRUE.equals(hasHappened) && queues.contains(each.queue)) {
                assertThat(each.queue.model().isPresent(each.message.number()))
                        .as("message %d, which a transaction has acknowledged, is there", each.message.number())
                        .isFalse();
            }
        }
        for (CheckedPublish each : publishes) {
            end(each, hasHappened);
        }
        for (Removal each : removals) {
            if (Boolean.TRUE.equals(hasHappened)) {
                each.queue.model().gone(each.number);
            }
        }
        isOpen = false;
    }

    /** What is known of the whole when its part with message {@code number} has happened, or not, or may have. */
    private static @Nullable Boolean agreed(@Nullable Boolean known, @Nullable Boolean part, long number) {
        assertThat(known == null || part == null || known.equals(part))
                .as("the part of a transaction with message %d has happened: %s", number, part)
                .isTrue();
        return known == null ? part : known;
    }

    private static void end(CheckedPublish publish, @Nullable Boolean hasHappened) {
        if (Boolean.TRUE.equals(hasHappened)) {
            assertThat(publish.isAppended() || publish.isDeduplicated())
                    .as("message %d of a transaction that has happened is stored", publish.firstNumber())
                    .isTrue();
        } else if (Boolean.FALSE.equals(hasHappened) && publish.isAppended()) {
            publish.queue().model().notStored(publish.firstNumber());
        }
    }
}
