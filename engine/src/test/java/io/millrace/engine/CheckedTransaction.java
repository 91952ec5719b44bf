package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.QueueClients.CheckedPublish;
import io.millrace.engine.ReceiveProbe.Message;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A transaction of a simulation: all of it is done or nothing, and who asked for it is told which. */
final class CheckedTransaction extends Transaction {
    private final SimulationTally tally;
    private final List<CheckedPublish> publishes = new ArrayList<>();
    private final List<Claim> claims = new ArrayList<>();
    private boolean isEnded;
    private boolean isOpen = true;

    private record Claim(QueueClients queue, Message message) {}

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
        claims.forEach(each -> each.queue.model().claimEnded(each.message.number(), true));
    }

    @Override
    protected void onRefused(Refusal reason) {
        assertThat(isEnded).isFalse();
        isEnded = true;
        tally.refused(reason);
        if (reason != Refusal.STORAGE_FAILED) {
            isOpen = false;
            claims.forEach(each -> each.queue.model().claimEnded(each.message.number(), false));
        }
    }

    /** A process has started, and all of {@code queues} was seen: it has happened entirely or not at all. */
    void found(Collection<QueueClients> queues) {
        @Nullable Boolean hasHappened = null;
        for (CheckedPublish each : publishes) {
            boolean isSeen = each.isAppended() && queues.contains(each.queue());
            @Nullable Boolean isThere = isSeen ? each.queue().model().isThere(each.firstNumber()) : null;
            if (isThere != null) {
                assertThat(hasHappened == null || hasHappened.equals(isThere))
                        .as("message %d of a transaction is there: %s", each.firstNumber(), isThere)
                        .isTrue();
                hasHappened = isThere;
            }
        }
        for (Claim each : claims) {
            if (Boolean.TRUE.equals(hasHappened) && queues.contains(each.queue)) {
                assertThat(each.queue.model().isPresent(each.message.number()))
                        .as("message %d, which a transaction has acknowledged, is there", each.message.number())
                        .isFalse();
            }
        }
        isOpen = false;
    }
}
