package io.millrace.storage.run;

import io.millrace.storage.CorruptEntryException;
import io.millrace.storage.SegmentStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Merges runs into one, each from the record on that nobody had taken when the job was made. */
abstract class MergeJob extends RunJob {
    private final List<Input> inputs = new ArrayList<>();
    private final List<RunInput> opened = new ArrayList<>();
    private final List<RunDamage> damages = new ArrayList<>();

    private record Input(long segment, RunLayout layout, long key, long sub, long value) {}

    MergeJob(OrderedIndexOptions options, long segment, Compaction compaction, List<Run> runs, boolean isWhole) {
        super(options, segment, compaction, isWhole);
        for (Run run : runs) {
            RunCursor cursor = run.cursor();
            inputs.add(new Input(run.segment(), run.layout(), cursor.key, cursor.sub, cursor.value));
        }
    }

    /** What of the inputs could not be read, once it is done. */
    final List<RunDamage> damages() {
        List<RunDamage> all = new ArrayList<>(damages);
        opened.forEach(input -> all.addAll(input.damages()));
        return all;
    }

    @Override
    final long recordsMax() {
        return inputs.stream().mapToLong(input -> input.layout.records()).sum();
    }

    @Override
    final void open(SegmentStore store) throws IOException {
        for (Input input : inputs) {
            check(store, input);
            RunInput source = new RunInput(store, input.segment, input.layout, input.key, input.sub, input.value);
            opened.add(source);
            addInput(source);
        }
    }

    /**
     * A sound run that is not the one that was described must not be mixed into others. Where header or footer is
     * damaged the description knows what they said.
     */
    private void check(SegmentStore store, Input input) throws IOException {
        try {
            boolean isOfKind = RunLayout.readHeader(store, input.segment) == input.layout.kind();
            refuseUnless(isOfKind, input);
        } catch (CorruptEntryException e) {
            damages.add(new RunDamage(input.segment, 0, String.valueOf(e.getMessage())));
        }
        try {
            refuseUnless(RunLayout.readFooter(store, input.segment).equals(input.layout), input);
        } catch (CorruptEntryException e) {
            int footer = input.layout.footerBlock();
            damages.add(new RunDamage(input.segment, footer, String.valueOf(e.getMessage())));
        }
    }

    private static void refuseUnless(boolean isDescribed, Input input) throws IOException {
        if (!isDescribed) {
            throw new IOException("the run in segment " + input.segment + " is not the one that was described");
        }
    }
}
