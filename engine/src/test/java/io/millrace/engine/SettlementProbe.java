package io.millrace.engine;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A settlement of a test, which keeps what it was answered. */
class SettlementProbe extends Settlement {
    private final Map<Integer, @Nullable String> texts = new HashMap<>();
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

    SettlementProbe reject(ReceiveProbe.Message message, @Nullable String text) {
        texts.put(size(), text);
        return and(message, REJECT, 0);
    }

    /** Says {@code text} of the message that was named last. */
    SettlementProbe saying(String text) {
        texts.put(size() - 1, text);
        return this;
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
    protected byte @Nullable [] text(int index) {
        String text = texts.get(index);
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
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
