package io.millrace.engine;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A settlement of a test, which keeps what it was answered. */
class SettlementProbe extends Settlement {
    private int answers;
    private @Nullable Refusal refusal;

    SettlementProbe acknowledge(ReceiveProbe.Message message) {
        return and(message, ACKNOWLEDGE, 0);
    }

    SettlementProbe release(ReceiveProbe.Message message, long delayNanos) {
        return and(message, RELEASE, delayNanos);
    }

    SettlementProbe extend(ReceiveProbe.Message message, long leaseNanos) {
        return and(message, EXTEND, leaseNanos);
    }

    SettlementProbe and(ReceiveProbe.Message message, byte action, long argumentNanos) {
        add(message.offset(), message.token(), action, argumentNanos);
        return this;
    }

    /** Whether each was done, in order. */
    List<Boolean> done() {
        List<Boolean> done = new ArrayList<>();
        for (int i = 0; i < size(); i++) {
            done.add(isDone(i));
        }
        return done;
    }

    boolean isSettled() {
        return answers > 0 && refusal == null;
    }

    int answers() {
        return answers;
    }

    @Nullable
    Refusal refusal() {
        return refusal;
    }

    @Override
    protected void onSettled() {
        answers++;
    }

    @Override
    protected void onRefused(Refusal reason) {
        answers++;
        refusal = reason;
    }
}
