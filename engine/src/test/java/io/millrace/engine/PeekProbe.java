package io.millrace.engine;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A peek of a test, which keeps what it saw. Bodies are checked and given back at once. */
class PeekProbe extends Peek {
    /** One message seen; the number is that of its body, -1 where it is damaged. */
    record Seen(long offset, State state, int deliveryCount, long number) {}

    private final List<Seen> seen = new ArrayList<>();
    private int answers;
    private @Nullable Refusal refusal;

    PeekProbe(long fromOffset, int messagesMax, int bytesMax, @Nullable State only) {
        super(fromOffset, messagesMax, bytesMax, only);
    }

    /** One that looks at everything. */
    static PeekProbe all() {
        return new PeekProbe(0, 1000, Integer.MAX_VALUE, null);
    }

    List<Seen> seen() {
        return seen;
    }

    List<State> states() {
        return seen.stream().map(Seen::state).toList();
    }

    List<Long> offsets() {
        return seen.stream().map(Seen::offset).toList();
    }

    int answers() {
        return answers;
    }

    @Nullable
    Refusal refusal() {
        return refusal;
    }

    @Override
    protected void onPeeked() {
        answers++;
        for (int i = 0; i < size(); i++) {
            long number = isReadable(i)
                    ? PublishProbe.numberIn(storedIn(), PublishProbe.numberIn(entry(i), indexInEntry(i)))
                    : -1;
            seen.add(new Seen(offset(i), state(i), deliveryCount(i), number));
        }
        release();
    }

    @Override
    protected void onRefused(Refusal reason) {
        answers++;
        refusal = reason;
    }
}
