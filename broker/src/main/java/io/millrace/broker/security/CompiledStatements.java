package io.millrace.broker.security;

import io.millrace.broker.SpaceName;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * A user's statements, sorted by what is asked: one list of rules for each pair of kind and action, denials first.
 * Holds at most one rule per statement and action.
 *
 * <p>Immutable; any thread. {@link #decide} allocates nothing unless a rule {@link NameMatcher#isCostly}.
 */
final class CompiledStatements {
    private static final int CHEAP_RULES_MAX = 16;
    private static final Rules NONE = new Rules(List.of());

    private final Map<ResourceKind, Map<Action, Rules>> rules = new EnumMap<>(ResourceKind.class);

    private CompiledStatements() {}

    static CompiledStatements of(List<Statement> statements) {
        Map<ResourceKind, Map<Action, List<Rule>>> sorted = new EnumMap<>(ResourceKind.class);
        for (Effect effect : List.of(Effect.DENY, Effect.ALLOW)) {
            for (Statement statement : statements) {
                if (statement.effect() == effect) {
                    add(statement, sorted.computeIfAbsent(statement.kind(), kind -> new EnumMap<>(Action.class)));
                }
            }
        }
        CompiledStatements compiled = new CompiledStatements();
        sorted.forEach((kind, byAction) -> {
            Map<Action, Rules> compiledByAction = new EnumMap<>(Action.class);
            byAction.forEach((action, list) -> compiledByAction.put(action, new Rules(list)));
            compiled.rules.put(kind, compiledByAction);
        });
        return compiled;
    }

    private static void add(Statement statement, Map<Action, List<Rule>> byAction) {
        Rule rule = new Rule(statement.effect(), statement.space(), NameMatcher.of(statement.pattern()));
        for (Action action : statement.actions()) {
            byAction.computeIfAbsent(action, any -> new ArrayList<>()).add(rule);
        }
    }

    Decision decide(Action action, ResourceKind kind, SpaceName space, CharSequence name) {
        for (Rule rule : rules(action, kind).inOrder) {
            if (rule.space.includes(space) && rule.name.matches(name)) {
                return rule.effect == Effect.DENY ? Decision.DENIED : Decision.ALLOWED;
            }
        }
        return Decision.OPEN;
    }

    /** Whether remembering a decision is cheaper than making it. */
    boolean isCostly(Action action, ResourceKind kind) {
        return rules(action, kind).costly;
    }

    private Rules rules(Action action, ResourceKind kind) {
        Map<Action, Rules> byAction = rules.get(kind);
        Rules found = byAction == null ? null : byAction.get(action);
        return found == null ? NONE : found;
    }

    /** What the statements say; {@link #OPEN} where none matches. */
    enum Decision {
        ALLOWED,
        DENIED,
        OPEN
    }

    private record Rule(Effect effect, SpaceScope space, NameMatcher name) {}

    private static final class Rules {
        private final Rule[] inOrder;
        private final boolean costly;

        Rules(List<Rule> rules) {
            this.inOrder = rules.toArray(new Rule[0]);
            this.costly =
                    inOrder.length > CHEAP_RULES_MAX || Arrays.stream(inOrder).anyMatch(rule -> rule.name.isCostly());
        }
    }
}
