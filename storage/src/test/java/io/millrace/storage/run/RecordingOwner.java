package io.millrace.storage.run;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Writes down what an index tells it. */
final class RecordingOwner implements OrderedIndexOwner {
    final List<IOException> failures = new ArrayList<>();
    final List<RunDamage> damages = new ArrayList<>();
    final List<Long> unused = new ArrayList<>();
    int ready;
    int spilled;
    long lastSegment;
    Supplier<Compaction> compactions = () -> Compaction.KEEP_ALL;

    @Override
    public long nextSegment() {
        return ++lastSegment;
    }

    @Override
    public Compaction beginCompaction() {
        return compactions.get();
    }

    @Override
    public void onReady() {
        ready++;
    }

    @Override
    public void onSpilled() {
        spilled++;
    }

    @Override
    public void onFailed(IOException reason) {
        failures.add(reason);
    }

    @Override
    public void onDamage(RunDamage damage) {
        damages.add(damage);
    }

    @Override
    public void onUnused(long segment) {
        unused.add(segment);
    }
}
