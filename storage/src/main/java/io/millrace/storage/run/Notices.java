package io.millrace.storage.run;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What an index has to tell its owner, kept until the index is in order again. On the loop. */
final class Notices {
    private final OrderedIndexOwner owner;
    private final List<Runnable> waiting = new ArrayList<>();

    Notices(OrderedIndexOwner owner) {
        this.owner = owner;
    }

    void add(RunDamage damage) {
        waiting.add(() -> owner.onDamage(damage));
    }

    void add(IOException failure) {
        waiting.add(() -> owner.onFailed(failure));
    }

    void addUnused(long segment) {
        waiting.add(() -> owner.onUnused(segment));
    }

    void addAnswer(IndexScan scan) {
        waiting.add(scan::onComplete);
    }

    /** Tells everything. */
    void deliver() {
        if (!waiting.isEmpty()) {
            List<Runnable> notices = List.copyOf(waiting);
            waiting.clear();
            notices.forEach(Runnable::run);
        }
    }
}
