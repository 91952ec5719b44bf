package io.millrace.server.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;

/**
 * What is to be done with one lease. Immutable; any thread.
 *
 * @param lease the lease
 * @param action what the API calls it
 * @param field the field for {@code millis}; empty where the action takes none
 * @param error what is said of the message, for whoever finds it among the dead letters; empty where nothing is
 */
public record Settle(String lease, String action, String field, long millis, String error) {
    /** The message is done with. */
    public static Settle acknowledge(String lease) {
        return new Settle(lease, "acknowledge", "", 0, "");
    }

    /** The message goes back and may be delivered again after {@code delay}. */
    public static Settle release(String lease, Duration delay) {
        return new Settle(lease, "release", "delayMillis", delay.toMillis(), "");
    }

    /** The message goes back and may be delivered again when its queue says. */
    static Settle retry(String lease) {
        return new Settle(lease, "release", "", 0, "");
    }

    /** The message is not to be delivered any more. */
    static Settle reject(String lease) {
        return new Settle(lease, "reject", "", 0, "");
    }

    /** The same, and {@code fault} is said of the message. */
    Settle because(String fault) {
        return new Settle(lease, action, field, millis, fault);
    }

    /** The lease ends {@code time} from now. */
    public static Settle extend(String lease, Duration time) {
        return new Settle(lease, "extend", "leaseMillis", time.toMillis(), "");
    }

    void write(ObjectNode json) {
        json.put("lease", lease).put("action", action);
        if (!field.isEmpty()) {
            json.put(field, millis);
        }
        if (!error.isEmpty()) {
            json.put("error", error);
        }
    }
}
