package io.millrace.storage.local;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The files of the journal that may be read, oldest first; the last is the one being written. Changed by the writer
 * only (by recovery before it); read by any thread, which sees one consistent list.
 */
final class LiveFiles {
    private volatile List<JournalFile> files;

    LiveFiles(List<JournalFile> files) {
        this.files = List.copyOf(files);
    }

    List<JournalFile> list() {
        return files;
    }

    /** The file being written. */
    JournalFile newest() {
        List<JournalFile> now = files;
        return now.get(now.size() - 1);
    }

    void add(JournalFile file) {
        List<JournalFile> longer = new ArrayList<>(files);
        longer.add(file);
        files = List.copyOf(longer);
    }

    /** Takes the oldest file off the list if no shard replays from it any more: {@code replayFrom} has one each. */
    @Nullable
    JournalFile takeDead(long[] replayFrom, int keep) {
        List<JournalFile> now = files;
        if (now.size() <= keep) {
            return null;
        }
        JournalFile oldest = now.get(0);
        for (int shard = 0; shard < replayFrom.length; shard++) {
            if (replayFrom[shard] < oldest.endPosition(shard)) {
                return null;
            }
        }
        files = now.subList(1, now.size());
        return oldest;
    }

    /** Whether the last record of {@code shard} that {@code file} holds ends in a later one; it is synced. */
    boolean endsInsideRecord(JournalFile file, int shard) {
        List<JournalFile> now = files;
        for (JournalFile later : now.subList(now.indexOf(file) + 1, now.size())) {
            if (later.holds(shard)) {
                return later.beginsInside(shard);
            }
        }
        return false;
    }

    /** The file that holds position {@code position} of {@code shard}, acquired for reading; null where none does. */
    @Nullable
    JournalFile acquire(int shard, long position) {
        JournalFile found = find(shard, position);
        return found != null && found.acquire() ? found : null;
    }

    /** The file that holds position {@code position} of {@code shard}; null where none does. */
    @Nullable
    JournalFile find(int shard, long position) {
        List<JournalFile> now = files;
        if (now.isEmpty()) {
            return null; // while the store is opened
        }
        int low = 0;
        int high = now.size() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (now.get(middle).startPosition(shard) <= position) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        // Several files may start at the same position where the shard wrote nothing; the last of them has the bytes.
        JournalFile found = now.get(low);
        return found.startPosition(shard) <= position ? found : null;
    }
}
