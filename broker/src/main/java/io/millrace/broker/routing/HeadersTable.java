package io.millrace.broker.routing;

import java.util.List;
import java.util.Set;

/**
 * Bindings by what they ask of headers. One that asks for one of several things is found under each of them; one that
 * asks for all is found under one of them, the one that had the fewest when it came, and the others are looked at then.
 * So a message looks only at bindings with which it has something in common. Immutable; any thread.
 *
 * @param byKey the bindings by what is asked for, as {@link HeaderKey} spells it
 * @param always those that ask for all of nothing
 */
record HeadersTable(WordMap<BindingSet> byKey, BindingSet always) implements BindingTable {
    static final HeadersTable EMPTY = new HeadersTable(WordMap.empty(), BindingSet.EMPTY);

    @Override
    public HeadersTable plus(Binding binding) {
        List<String> wanted = binding.arguments().wanted();
        if (binding.arguments().isAny()) {
            WordMap<BindingSet> more = byKey;
            for (String key : wanted) {
                more = DirectTable.plus(more, key, binding);
            }
            return new HeadersTable(more, always);
        }
        return wanted.isEmpty()
                ? new HeadersTable(byKey, always.plus(binding))
                : new HeadersTable(DirectTable.plus(byKey, rarest(wanted), binding), always);
    }

    private String rarest(List<String> wanted) {
        String rarest = wanted.get(0);
        int fewest = Integer.MAX_VALUE;
        for (String key : wanted) {
            BindingSet there = byKey.get(key);
            int count = there == null ? 0 : there.size();
            if (count < fewest) {
                rarest = key;
                fewest = count;
            }
        }
        return rarest;
    }

    @Override
    public HeadersTable minus(Binding binding) {
        WordMap<BindingSet> less = byKey;
        for (String key : binding.arguments().wanted()) {
            less = DirectTable.minus(less, key, binding);
        }
        return new HeadersTable(less, always.minus(binding));
    }

    @Override
    public void match(RoutedMessage message, Matches matches) {
        always.forEach(matches::offer);
        if (byKey.isEmpty()) {
            return;
        }
        Set<String> has = message.headerKeys();
        for (String key : has) {
            BindingSet found = byKey.get(key);
            if (found != null) {
                found.forEach(binding -> offer(binding, has, matches));
            }
        }
    }

    private static void offer(Binding binding, Set<String> has, Matches matches) {
        MatchArguments arguments = binding.arguments();
        if (arguments.isAny() || has.containsAll(arguments.wanted())) {
            matches.offer(binding);
        }
    }
}
