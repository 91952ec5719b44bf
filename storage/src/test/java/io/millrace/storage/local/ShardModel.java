package io.millrace.storage.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.storage.local.ShardOwner.Replayed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What a shard's log may and must hold, by the promises of the interface alone. */
final class ShardModel {
    /** Everything appended that is not known to be gone, in order. */
    private final List<Replayed> records = new ArrayList<>();
    /** Every record below was reported as synced, or replayed. */
    private long synced;
    /** Every record below was stated not to be needed. */
    private long trimmed;
    /** Where the log must not begin again before. */
    private long end;

    void appended(long position, byte[] record) {
        assertThat(position).isGreaterThanOrEqualTo(end);
        records.add(new Replayed(position, record));
    }

    void synced(long position) {
        assertThat(position).isGreaterThan(synced);
        synced = position;
        end = Math.max(end, position);
    }

    long syncedPosition() {
        return synced;
    }

    /** The records that can be read: synced, and still needed. */
    List<Replayed> readable() {
        return records.stream()
                .filter(each -> each.position() >= trimmed && each.position() < synced)
                .toList();
    }

    /** What must be in a copy that was begun when all before {@code syncedBefore} had been reported as synced. */
    ShardModel copied(long syncedBefore) {
        ShardModel copy = new ShardModel();
        copy.records.addAll(records);
        copy.synced = syncedBefore;
        copy.end = syncedBefore;
        return copy;
    }

    /** How many records are not reported as synced. */
    int unsynced() {
        int count = 0;
        for (int i = records.size() - 1; i >= 0 && records.get(i).position() >= synced; i--) {
            count++;
        }
        return count;
    }

    void trimmed(long position) {
        trimmed = Math.max(trimmed, position);
    }

    /** A start has found a checkpoint that replays from here; it may be an older one than was stated last. */
    void replaysFrom(long position) {
        trimmed = position;
    }

    /** The records that are synced and begin between these positions. */
    List<Replayed> between(long from, long to) {
        return records.stream()
                .filter(each -> each.position() >= from && each.position() < Math.min(to, synced))
                .toList();
    }

    /** Checks what a new process was given, and goes on from there: all of it is on stable storage. */
    void replayed(ShardOwner owner, long appendedPosition) {
        assertThat(owner.lost).isEmpty();
        assertThat(appendedPosition)
                .as("the log goes on behind what was synced")
                .isGreaterThanOrEqualTo(end);
        List<Replayed> replayed = owner.replayed;
        int from = 0;
        while (from < records.size() && !replayed.isEmpty() && isBefore(records.get(from), replayed.get(0))) {
            from++;
        }
        if (replayed.isEmpty()) {
            from = records.size();
            assertThat(readable()).as("records that are missing").isEmpty();
        }
        assertThat(from + replayed.size())
                .as("records that were never appended")
                .isLessThanOrEqualTo(records.size());
        for (int i = 0; i < replayed.size(); i++) {
            Replayed expected = records.get(from + i);
            assertThat(replayed.get(i).position())
                    .as("position of record %d", i)
                    .isEqualTo(expected.position());
            assertThat(Arrays.equals(replayed.get(i).record(), expected.record()))
                    .as("bytes of the record at %d", expected.position())
                    .isTrue();
        }
        assertThat(readable().stream().map(Replayed::position).toList())
                .as("records that must be there")
                .isSubsetOf(replayed.stream().map(Replayed::position).toList());
        records.clear();
        records.addAll(replayed);
        end = appendedPosition;
        synced = appendedPosition;
    }

    private static boolean isBefore(Replayed record, Replayed first) {
        return record.position() < first.position();
    }
}
