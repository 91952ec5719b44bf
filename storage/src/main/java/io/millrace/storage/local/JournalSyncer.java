package io.millrace.storage.local;

import io.millrace.base.Agent;
import io.millrace.base.Clock;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * The agent that syncs: one sync for all groups that were written when it began, then one notice to each loop that
 * has a log in them. Files are synced in their order. The first failure ends the journal.
 */
final class JournalSyncer implements Agent {
    private final LocalStore store;
    private final Clock clock;
    private final Queue<WrittenGroup> written = new ConcurrentLinkedQueue<>();
    private final List<WrittenGroup> batch = new ArrayList<>();

    JournalSyncer(LocalStore store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    /** A group to sync. The writer's thread; the caller raises the signal. */
    void submit(WrittenGroup group) {
        written.add(group);
    }

    @Override
    public boolean work() {
        if (store.failure() != null) {
            return false;
        }
        WrittenGroup group = written.poll();
        if (group == null) {
            return false;
        }
        batch.clear();
        while (group != null) {
            batch.add(group);
            group = written.poll();
        }
        try {
            long start = clock.nanoTime();
            syncFiles();
            store.counters().syncNanos.add(clock.nanoTime() - start);
            publish();
        } catch (IOException e) {
            store.fail(e);
        }
        return true;
    }

    private void syncFiles() throws IOException {
        @Nullable JournalFile last = null;
        for (WrittenGroup each : batch) {
            if (each.file() != last) {
                each.file().file.sync();
                store.counters().syncs.increment();
                last = each.file();
            }
        }
    }

    private void publish() {
        for (WrittenGroup each : batch) {
            // First: who is told that something is synced finds it in a copy that is begun afterwards.
            each.file().noteSynced(each.end());
            for (int i = 0; i < each.logs().length; i++) {
                each.logs()[i].publishSynced(each.positions()[i]);
            }
            store.counters().groups.increment();
        }
        store.publishSynced(batch.get(batch.size() - 1).sequence());
        for (WrittenGroup each : batch) {
            for (LocalShardLog log : each.logs()) {
                store.post(log);
            }
        }
    }
}
