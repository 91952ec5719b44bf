package io.millrace.storage.run;

import io.millrace.base.Crc32c;
import io.millrace.storage.CorruptEntryException;
import io.millrace.storage.SegmentStore;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;

/** What is in a run, for tools that show it. Blocks; for one thread. */
public final class RunListing {
    private final SegmentStore store;
    private final long segment;
    private final RunLayout layout;

    private RunListing(SegmentStore store, long segment, RunLayout layout) {
        this.store = store;
        this.segment = segment;
        this.layout = layout;
    }

    /** Reads what the run in {@code segment} says of itself; fails where its header or footer is damaged. */
    public static RunListing read(SegmentStore store, long segment) throws IOException, CorruptEntryException {
        RunLayout.readHeader(store, segment);
        return new RunListing(store, segment, RunLayout.readFooter(store, segment));
    }

    /**
     * The segments of the runs that a description of an index of {@code kind} names, which {@link
     * OrderedIndex#describe} has written at the reader index of {@code source}; that moves behind it.
     */
    public static List<Long> described(ByteBuf source, int kind) throws CorruptEntryException {
        return IndexDescription.read(source, kind).runs().stream()
                .map(IndexDescription.DescribedRun::segment)
                .toList();
    }

    /** Of which kind the index is. */
    public int kind() {
        return layout.kind();
    }

    /** The number of records. */
    public long records() {
        return layout.records();
    }

    /** Tells {@code visitor} of the records, in order, as long as it wants more; {@code damages} of damaged blocks. */
    public void visit(RecordVisitor visitor, Consumer<CorruptEntryException> damages) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(RunFormat.BLOCK_BYTES);
        RecordDecoder decoder = new RecordDecoder();
        Crc32c crc = new Crc32c();
        for (int i = 0; i < layout.recordBlocks(); i++) {
            int block = layout.recordBlock(i);
            store.read(segment, RunFormat.offset(block), bytes.clear());
            try {
                RunFormat.verify(crc, bytes, 0, segment, block, RunFormat.RECORDS, 0);
            } catch (CorruptEntryException e) {
                damages.accept(e);
                continue;
            }
            decoder.beginBlock(bytes, 0);
            while (decoder.next()) {
                if (!visitor.onRecord(decoder.key, decoder.sub, decoder.value)) {
                    return;
                }
            }
        }
    }
}
