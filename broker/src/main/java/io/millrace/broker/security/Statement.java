package io.millrace.broker.security;

import java.util.Collection;
import java.util.EnumSet;
import java.util.List;

/**
 * One permission of a user: it allows or denies some actions on the resources of one kind whose space and name fit.
 * Statements of kinds outside spaces (spaces, users, the broker) hold in every space.
 *
 * <p>Immutable; any thread. {@code actions} is never empty, without repetition, in {@link Action}'s order.
 */
public record Statement(Effect effect, List<Action> actions, ResourceKind kind, SpaceScope space, NamePattern pattern) {
    /** @throws IllegalArgumentException if an action does not fit the kind, or the scope does not */
    public Statement {
        if (actions.isEmpty()) {
            throw new IllegalArgumentException("a statement names at least one action");
        }
        actions = List.copyOf(EnumSet.copyOf(actions));
        for (Action action : actions) {
            if (!kind.takes(action)) {
                throw new IllegalArgumentException("nobody can " + action.word() + " a " + kind.word());
            }
        }
        if (!kind.inSpace() && !space.isEvery()) {
            throw new IllegalArgumentException("a " + kind.word() + " lives in no space: the statement's space is *");
        }
    }

    /** Allows {@code actions}; see the class. */
    public static Statement allow(
            Collection<Action> actions, ResourceKind kind, SpaceScope space, NamePattern pattern) {
        return new Statement(Effect.ALLOW, List.copyOf(actions), kind, space, pattern);
    }

    /** Denies {@code actions}; see the class. */
    public static Statement deny(Collection<Action> actions, ResourceKind kind, SpaceScope space, NamePattern pattern) {
        return new Statement(Effect.DENY, List.copyOf(actions), kind, space, pattern);
    }
}
