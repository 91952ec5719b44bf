package io.millrace.api.rest;

import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;
import io.millrace.broker.security.User;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Keeps users from locking everybody out: where somebody can administer the broker, somebody can after a change, too.
 * Without any user everybody on this machine can. Stateless; any thread.
 */
final class LastAdministrator {
    private LastAdministrator() {}

    /**
     * Refuses to turn the user {@code name} of {@code users} into {@code after} (null: to remove) if that locks out.
     */
    static void check(Map<String, User> users, String name, @Nullable User after) {
        boolean othersCan =
                users.values().stream().anyMatch(user -> !user.name().equals(name) && canAdminister(user));
        boolean leavesNobody = after == null && users.keySet().stream().allMatch(name::equals);
        if (othersCan || leavesNobody || (after != null && canAdminister(after))) {
            return;
        }
        User before = users.get(name);
        if (users.isEmpty() || (before != null && canAdminister(before))) {
            throw new BrokerException(
                    BrokerError.INVALID,
                    "nobody could administer the broker then: first make a user with administrator and a password");
        }
    }

    private static boolean canAdminister(User user) {
        return user.administrator()
                && (user.password() != null || !user.accessKeys().isEmpty());
    }
}
