package io.millrace.server.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;

/**
 * What is to be done with one lease. Immutable; any thread.
 *
 * @param lease the lease
 * @param action what the API calls it
 * @param field the field for {@code millis}; empty where the action takes none
 */
public record Settle(String lease, String action, String field, long millis) {
    /** The message is done with. */
    public static Settle acknowledge(String lease) {
        return new Settle(lease, "acknowledge", "", 0);
    }

    /** The message goes back and may be delivered again after {@code delay}. */
    public static Settle release(String lease, Duration delay) {
        return new Settle(lease, "release", "delayMillis", delay.toMillis());
    }

    /** The message goes back and may be delivered again when its queue says. */
    static Settle retry(String lease) {
        return new Settle(lease, "release", "", 0);
    }

    /** The lease ends {@code time} from now. */
    public static Settle extend(String lease, Duration time) {
        return new Settle(lease, "extend", "leaseMillis", time.toMillis());
    }

    void write(ObjectNode json) {
        json.put("lease", lease).put("action", action);
        if (!field.isEmpty()) {
            json.put(field, millis);
        }
    }
}
