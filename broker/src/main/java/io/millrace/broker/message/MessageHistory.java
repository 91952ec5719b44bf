package io.millrace.broker.message;

import io.millrace.broker.MessageId;
import java.util.ArrayList;
import java.util.List;

/**
 * What a message went through that the broker has moved: its id, which is that of the place where it was stored first,
 * and why it was not delivered in queues where it was. Immutable; any thread.
 *
 * @param id where it was stored first
 * @param publishedMillis when that was, epoch milliseconds
 * @param deaths one for each queue and reason, the latest first; {@value #DEATHS_MAX} at most, those before are
 *     forgotten
 */
public record MessageHistory(MessageId id, long publishedMillis, List<Death> deaths) {
    private static final int DEATHS_MAX = 16;

    /** The same after {@code death}. */
    public MessageHistory with(Death death) {
        List<Death> after = new ArrayList<>(deaths.size() + 1);
        Death latest = death;
        for (Death each : deaths) {
            if (each.isLike(death)) {
                latest = each.and(death);
            } else {
                after.add(each);
            }
        }
        after.add(0, latest);
        return new MessageHistory(
                id, publishedMillis, List.copyOf(after.subList(0, Math.min(after.size(), DEATHS_MAX))));
    }
}
