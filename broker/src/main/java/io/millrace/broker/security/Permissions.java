package io.millrace.broker.security;

import io.millrace.base.Check;
import io.millrace.broker.SpaceName;
import io.millrace.broker.security.CompiledStatements.Decision;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Answers "may they?". Administrators may do all; for everybody else a matching denial wins over every permission, and
 * what no statement mentions is refused. A principal whose user is gone may do nothing, an anonymous one only as long
 * as no user exists.
 *
 * <p>Any thread, fit for the hot path: statements are compiled when a user is first seen, or seen changed, and an
 * answer then allocates nothing. Holds one compiled form per user that was asked about, at most {@value #COMPILED_MAX},
 * and the decisions of {@link DecisionCache}.
 */
public final class Permissions {
    /** The name of the only resource of kind {@link ResourceKind#BROKER}. */
    public static final String BROKER = "broker";

    private static final int COMPILED_MAX = 10_000;

    private final UserDirectory users;
    private final Map<String, Compiled> compiled = new ConcurrentHashMap<>();
    private final DecisionCache costly = new DecisionCache();

    public Permissions(UserDirectory users) {
        this.users = users;
    }

    /** Whether {@code principal} may do {@code action} with the resource {@code name} of {@code space}. */
    public boolean allows(Principal principal, Action action, ResourceKind kind, SpaceName space, String name) {
        if (principal.isAnonymous()) {
            return users.isEmpty();
        }
        User user = users.byName(principal.userName());
        return user != null && allows(user, action, kind, space, name);
    }

    /** The same for kinds that live in no space: a space, a user, the broker ({@link #BROKER}). */
    public boolean allows(Principal principal, Action action, ResourceKind kind, String name) {
        Check.that(!kind.inSpace(), "resources of this kind live in a space, which has to be named");
        return allows(principal, action, kind, SpaceName.ROOT, name);
    }

    /** Whether {@code user} may do {@code action} with the resource {@code name} of {@code space}. */
    public boolean allows(User user, Action action, ResourceKind kind, SpaceName space, String name) {
        return user.administrator() || decide(user, action, kind, space, name) == Decision.ALLOWED;
    }

    /**
     * Whether {@code principal} may work in {@code space}: their own unless denied, others where CONNECT is allowed.
     */
    public boolean mayWorkIn(Principal principal, SpaceName space) {
        if (principal.isAnonymous()) {
            return users.isEmpty();
        }
        User user = users.byName(principal.userName());
        if (user == null) {
            return false;
        }
        Decision decision = decide(user, Action.CONNECT, ResourceKind.SPACE, SpaceName.ROOT, space.value());
        boolean own = user.space().equals(space);
        return user.administrator() || decision == Decision.ALLOWED || (own && decision == Decision.OPEN);
    }

    /**
     * Whether {@code principal} may turn {@code before} into {@code after} (null: there is none). Who administers users
     * may, but an administrator is made, changed and removed by administrators only.
     */
    public boolean mayChangeUser(Principal principal, @Nullable User before, @Nullable User after) {
        boolean concernsAdministrator = isAdministrator(before) || isAdministrator(after);
        if (concernsAdministrator && !principal.isAnonymous() && !isAdministrator(users.byName(principal.userName()))) {
            return false;
        }
        return mayAdminister(principal, before) && mayAdminister(principal, after);
    }

    private boolean mayAdminister(Principal principal, @Nullable User user) {
        return user == null || allows(principal, Action.ADMINISTER, ResourceKind.USER, user.name());
    }

    private static boolean isAdministrator(@Nullable User user) {
        return user != null && user.administrator();
    }

    private Decision decide(User user, Action action, ResourceKind kind, SpaceName space, String name) {
        CompiledStatements statements = compiled(user);
        return statements.isCostly(action, kind)
                ? costly.decide(statements, action, kind, space, name)
                : statements.decide(action, kind, space, name);
    }

    private CompiledStatements compiled(User user) {
        Compiled known = compiled.get(user.name());
        if (known != null && known.user.equals(user)) {
            return known.statements;
        }
        if (compiled.size() >= COMPILED_MAX) {
            compiled.clear();
        }
        CompiledStatements statements = CompiledStatements.of(user.statements());
        compiled.put(user.name(), new Compiled(user, statements));
        return statements;
    }

    private record Compiled(User user, CompiledStatements statements) {}
}
