package io.millrace.broker.routing;

/** Bindings by their pattern, in a trie of words. Immutable; any thread. */
record TopicTable(TopicNode root) implements BindingTable {
    static final TopicTable EMPTY = new TopicTable(TopicNode.ROOT);

    @Override
    public TopicTable plus(Binding binding) {
        return new TopicTable(root.plus(TopicWords.ofPattern(binding.routingKey()), 0, binding));
    }

    @Override
    public TopicTable minus(Binding binding) {
        return new TopicTable(root.minus(TopicWords.ofPattern(binding.routingKey()), 0, binding));
    }

    @Override
    public void match(RoutedMessage message, Matches matches) {
        TopicWalk.walk(root, message.routingKey(), matches);
    }
}
