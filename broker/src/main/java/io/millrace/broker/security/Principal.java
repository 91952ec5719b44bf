package io.millrace.broker.security;

import io.millrace.broker.SpaceName;

/**
 * Who works on a connection, in which space, and how that was shown. It carries no rights: each check asks for what the
 * user may do at that moment, so that a permission that is taken away is gone from open connections too.
 *
 * <p>Immutable; any thread.
 */
public record Principal(String userName, SpaceName space, AuthenticatedBy by) {
    /** Nobody in particular, while no user exists: may do all from this machine, until the first user is made. */
    public static final Principal ANONYMOUS = new Principal("anonymous", SpaceName.ROOT, AuthenticatedBy.NOTHING);

    /** Whether it is {@link #ANONYMOUS}, whatever a user is called. */
    public boolean isAnonymous() {
        return by == AuthenticatedBy.NOTHING;
    }

    /** The same one at work in {@code other}; ask {@link Permissions#mayWorkIn} first. */
    public Principal in(SpaceName other) {
        return new Principal(userName, other, by);
    }
}
