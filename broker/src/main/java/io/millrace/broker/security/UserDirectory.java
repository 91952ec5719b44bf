package io.millrace.broker.security;

import org.jspecify.annotations.Nullable;

/**
 * The users as they are now; the catalog answers it from its latest snapshot. It should give the same {@link User}
 * object until that user changes: what is compiled for a user is recognised fastest by that.
 *
 * <p>Implementations are safe for any thread and do not block.
 */
public interface UserDirectory {
    /** Whether nobody has been made yet, which opens the doors on loopback. */
    boolean isEmpty();

    /** The user of that name. */
    @Nullable
    User byName(String name);

    /** The user who holds that access key. */
    @Nullable
    User byAccessKey(String accessKeyId);
}
