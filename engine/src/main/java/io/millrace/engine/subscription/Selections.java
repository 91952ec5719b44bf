package io.millrace.engine.subscription;

import java.util.ArrayList;
import java.util.List;

/** Those who see only some of the messages of a subscription, and are told which can be delivered. The loop's. */
public final class Selections {
    private final IndividualSubscription subscription;
    private final List<Selection> all = new ArrayList<>(0);

    Selections(IndividualSubscription subscription) {
        this.subscription = subscription;
    }

    /** Begins one at the front. */
    public Selection begin() {
        Selection selection = new Selection(subscription, all.size());
        all.add(selection);
        return selection;
    }

    /** Ends one: it is not told of anything any more. */
    public void end(Selection selection) {
        Selection last = all.remove(all.size() - 1);
        if (last != selection) {
            last.place = selection.place;
            all.set(last.place, last);
        }
    }

    /** A message has come back or is due, and is plain. */
    void onPlain(long offset, int priority) {
        for (int i = 0; i < all.size(); i++) {
            all.get(i).onPlain(offset, priority);
        }
    }

    /** A message of another priority can be delivered. */
    void onIndexed(long offset, int priority) {
        for (int i = 0; i < all.size(); i++) {
            all.get(i).onIndexed(offset, priority);
        }
    }

    /** A message of a group has come back or is due. */
    void onGrouped(long offset) {
        for (int i = 0; i < all.size(); i++) {
            all.get(i).onGrouped(offset);
        }
    }

    /** Nobody knows where messages are any more: all of them begin anew. */
    void restart() {
        all.forEach(Selection::restart);
    }
}
