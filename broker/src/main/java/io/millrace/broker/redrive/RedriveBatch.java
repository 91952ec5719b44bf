package io.millrace.broker.redrive;

import io.millrace.broker.Broker;
import io.millrace.broker.BrokerTransaction;
import io.millrace.broker.MoveDestination;
import io.millrace.broker.MovedMessages;
import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.broker.message.MessageHistory;
import io.millrace.broker.message.MessageView;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Messages of one look that are moved in one transaction, and where the next look begins. Of one loop. */
final class RedriveBatch {
    private final QueueDefinition source;
    private final MovedMessages messages;
    private final List<Long> offsets = new ArrayList<>();
    private int passedOver;
    private int failed;
    private long next;
    private boolean isLast;

    RedriveBatch(QueueDefinition source) {
        this.source = source;
        this.messages = new MovedMessages(source);
    }

    void add(MoveDestination destination, MessageView view, MessageHistory history, long offset) {
        messages.add(destination, view, history);
        offsets.add(offset);
    }

    void passOver() {
        passedOver++;
    }

    void fail() {
        failed++;
    }

    /** The next look begins at {@code offset}; there is none where this is the last batch. */
    RedriveBatch end(long offset, boolean last) {
        next = offset;
        isLast = last;
        return this;
    }

    int size() {
        return offsets.size();
    }

    int passedOver() {
        return passedOver;
    }

    int failed() {
        return failed;
    }

    long next() {
        return next;
    }

    boolean isLast() {
        return isLast;
    }

    /** Has them moved: all of them, or none. */
    CompletableFuture<Void> move(Broker broker) {
        BrokerTransaction transaction = broker.begin();
        messages.moveBy(transaction);
        offsets.forEach(offset -> transaction.remove(source, offset));
        return transaction.commit();
    }

    /** Lets go of them, where they are not to be moved. */
    void release() {
        messages.release();
    }
}
