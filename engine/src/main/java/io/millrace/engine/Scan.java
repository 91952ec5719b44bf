package io.millrace.engine;

import io.millrace.engine.queue.Queue;
import io.millrace.engine.subscription.Selection;

/** How far it has been found out which messages of a queue a filter wants. The loop's. */
final class Scan {
    final Queue queue;
    final MessageFilter filter;
    final Selection selection;

    /** Receives that wait for what it finds. */
    int waiters;

    /** Looks that are left of its share of {@link #turn}. */
    int looksLeft;

    long turn = -1;

    /** Whether messages, or blocks of the index, are being read for it. */
    boolean isReading;
    /** Whether it is in line to read. */
    boolean isInLine;
    /** Whether it has had its share of the turn, and goes on in another. */
    boolean isCut;
    /** Whether an index is being read that says which message is next. */
    boolean isLoading;

    boolean isEnded;

    Scan(Queue queue, MessageFilter filter) {
        this.queue = queue;
        this.filter = filter;
        this.selection = queue.subscription().selections().begin();
    }

    /** Whether it may find something without anything new happening. */
    boolean isSearching() {
        return isReading || isInLine || isCut || isLoading;
    }

    void end() {
        isEnded = true;
        queue.subscription().selections().end(selection);
    }
}
