package io.millrace.testkit;

import io.millrace.testkit.NameChange.Binding;
import io.millrace.testkit.NameChange.Place;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The changes of names that are not durable yet, of all directories, in their order. Changes of different names are
 * independent of each other, in one directory too; those of one name become durable in their order. Guarded by the lock
 * of the {@link SimulatedDisk}.
 */
final class NameLog {
    private final List<NameChange> changes = new ArrayList<>();
    private long lastNumber;

    /** The number of the last change: what a sync that begins now has to cover. */
    long lastNumber() {
        return lastNumber;
    }

    void add(Binding... bindings) {
        NameChange change = new NameChange(++lastNumber, List.of(bindings));
        change.apply();
        changes.add(change);
    }

    /** Makes durable what was changed in {@code directory} up to {@code number}, and what that rests on. */
    void sync(SimulatedDirectory directory, long number) {
        Deque<NameChange> synced = new ArrayDeque<>();
        Set<Place> places = new HashSet<>();
        for (int i = changes.size() - 1; i >= 0; i--) {
            NameChange change = changes.get(i);
            boolean asked = change.number <= number && !change.forgotten && change.touches(directory);
            if (asked || !Collections.disjoint(places, change.places())) {
                places.addAll(change.places());
                synced.addFirst(change);
            }
        }
        synced.forEach(NameChange::applyDurably);
        changes.removeAll(synced);
    }

    /** Forgets the changes in {@code directory} up to {@code number}. */
    void failSync(SimulatedDirectory directory, long number) {
        for (NameChange change : changes) {
            change.forgotten |= change.number <= number && change.touches(directory);
        }
    }

    /** Loses what {@code cut} does not let survive; the directories still have to be reverted to what is durable. */
    void crash(PowerCut cut) {
        Map<SimulatedDirectory, PowerCut.Lottery> lotteries = new HashMap<>();
        Set<Place> lost = new HashSet<>();
        for (NameChange change : changes) {
            SimulatedDirectory directory = change.bindings.get(0).place().directory();
            boolean survives = lotteries
                    .computeIfAbsent(directory, any -> cut.lottery(count(directory)))
                    .drawsSurvival();
            if (survives && Collections.disjoint(lost, change.places())) {
                change.applyDurably();
            } else {
                lost.addAll(change.places());
            }
        }
        changes.clear();
    }

    private int count(SimulatedDirectory directory) {
        return (int) changes.stream()
                .filter(change -> change.bindings.get(0).place().directory() == directory)
                .count();
    }
}
