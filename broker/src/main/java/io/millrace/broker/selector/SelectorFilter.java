package io.millrace.broker.selector;

import io.millrace.broker.message.MessageView;
import io.millrace.engine.MessageFilter;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Has a receive, or whatever else takes a filter, get only messages that a selector selects. Those of the same text are
 * equal. Made on any thread and then used on one; what it looks with is made at the first look, for most are only there
 * to find one that is in use.
 */
public final class SelectorFilter implements MessageFilter {
    private final Selector selector;
    private @Nullable Look look;

    private static final class Look {
        final MessageView view = new MessageView();
        final ViewedMessage message = new ViewedMessage(view);
        final SelectorMatcher matcher;

        Look(Selector selector) {
            matcher = selector.newMatcher();
        }
    }

    /** Messages that {@code selector} selects. */
    public SelectorFilter(Selector selector) {
        this.selector = selector;
    }

    @Override
    public boolean matches(ByteBuf entry, int indexInEntry, int deliveryCount) {
        Look with = look;
        if (with == null) {
            with = new Look(selector);
            look = with;
        }
        with.view.show(entry, indexInEntry);
        return with.matcher.matches(with.message.delivered(deliveryCount));
    }

    @Override
    public long bytesRead() {
        return look == null ? 0 : look.matcher.bytesRead();
    }

    @Override
    public MessageFilter forOtherLoop() {
        return new SelectorFilter(selector);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SelectorFilter filter && filter.selector.text().equals(selector.text());
    }

    @Override
    public int hashCode() {
        return selector.text().hashCode();
    }

    /** The text of the selector. */
    @Override
    public String toString() {
        return selector.text();
    }
}
