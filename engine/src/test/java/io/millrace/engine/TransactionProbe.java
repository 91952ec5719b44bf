package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.ReceiveProbe.Message;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A transaction of a test, which keeps what it was answered. */
class TransactionProbe extends Transaction {
    private final List<PublishProbe> publishes = new ArrayList<>();
    private int answers;
    private boolean isCommitted;
    private @Nullable Refusal refusal;

    TransactionProbe publish(Shard shard, long logId, PublishProbe publish) {
        publishes.add(publish);
        super.publish(shard, logId, publish);
        return this;
    }

    TransactionProbe acknowledge(Shard shard, long logId, Message message) {
        acknowledge(shard, logId, message.offset(), message.token());
        return this;
    }

    /** Whether it was told that all of it is done; its publishers were told before. */
    boolean isCommitted() {
        return isCommitted;
    }

    @Nullable
    Refusal refusal() {
        return refusal;
    }

    int answers() {
        return answers;
    }

    List<PublishProbe> publishes() {
        return publishes;
    }

    @Override
    protected void onCommitted() {
        answers++;
        isCommitted = true;
        assertThat(publishes).as("publishers hear first").allMatch(each -> each.answers() == 1 && each.isStored());
    }

    @Override
    protected void onRefused(Refusal reason) {
        answers++;
        refusal = reason;
    }
}
