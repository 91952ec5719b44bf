package io.millrace.broker.security;

import io.millrace.broker.SpaceName;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * A user's statements, sorted by what is asked: one short list of rules for each pair of kind and action, denials first.
 * Holds at most one rule per statement and action.
 *
 * <p>Immutable; any thread. {@link #decide} allocates nothing unless a rule {@link NameMatcher#isCostly}.
 */
final class CompiledStatements {
    private static final Rule[] NO_RULES = {};

    private final Map<ResourceKind, Map<Action, Rule[]>> rules = new EnumMap<>(ResourceKind.class);

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
            Map<Action, Rule[]> arrays = new EnumMap<>(Action.class);
            byAction.forEach((action, list) -> arrays.put(action, list.toArray(NO_RULES)));
            compiled.rules.put(kind, arrays);
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
        for (Rule rule : rules(action, kind)) {
            if (rule.space.includes(space) && rule.name.matches(name)) {
                return rule.effect == Effect.DENY ? Decision.DENIED : Decision.ALLOWED;
            }
        }
        return Decision.OPEN;
    }

    /** Whether remembering a decision is cheaper than making it. */
    boolean isCostly(Action action, ResourceKind kind) {
        for (Rule rule : rules(action, kind)) {
            if (rule.name.isCostly()) {
                return true;
            }
        }
        return false;
    }

    private Rule[] rules(Action action, ResourceKind kind) {
        Map<Action, Rule[]> byAction = rules.get(kind);
        Rule[] found = byAction == null ? null : byAction.get(action);
        return found == null ? NO_RULES : found;
    }

    /** What the statements say; {@link #OPEN} where none matches. */
    enum Decision {
        ALLOWED,
        DENIED,
        OPEN
    }

    private record Rule(Effect effect, SpaceScope space, NameMatcher name) {}
}
