package io.millrace.engine.read;

import io.millrace.storage.CorruptEntryException;
import io.millrace.storage.index.DirectoryBlock;
import io.millrace.storage.index.EntryIndex;
import io.millrace.storage.index.IndexBlock;
import io.millrace.storage.index.IndexCache;
import io.millrace.storage.segment.SegmentFormat;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;

/** Reads blocks of the index of sealed segments into memory. Part of a shard; the loop's. */
public final class IndexLoader {
    private final ShardReads reads;
    private final IndexCache cache;

    /** What is read is kept in {@code cache}. */
    public IndexLoader(ShardReads reads, IndexCache cache) {
        this.reads = reads;
        this.cache = cache;
    }

    /** Reads the block that {@code index} has missed; {@code whenLoaded} runs later, also where it is damaged. */
    public void load(EntryIndex index, Runnable whenLoaded) {
        Blocks blocks = new Blocks(whenLoaded);
        blocks.addMissing(index);
        blocks.startReading();
    }

    /** Makes an empty set of blocks to read; {@code whenLoaded} runs when all were read, damaged or not. */
    public Blocks blocks(Runnable whenLoaded) {
        return new Blocks(whenLoaded);
    }

    private record Place(long segment, long address) {}

    /** Blocks that are read together, no more than find room in memory beside each other. */
    public final class Blocks extends ShardReads.Read {
        private final Runnable whenLoaded;
        private final Set<Place> places = new HashSet<>();
        private long bytes;

        private Blocks(Runnable whenLoaded) {
            this.whenLoaded = whenLoaded;
        }

        /** Adds the block that {@code index} has missed, if it is not in it; returns whether there is room for more. */
        public boolean addMissing(EntryIndex index) {
            if (places.add(new Place(index.missingSegment(), index.missingAddress()))) {
                add(index.missingSegment(), index.missingAddress(), index.missingBytes());
                bytes += index.missingBytes();
            }
            return bytes < cache.batchBytesMax();
        }

        /** Starts reading them; there is at least one. */
        public void startReading() {
            reads.begin(this);
        }

        @Override
        void onRead() {
            for (int i = 0; i < count(); i++) {
                ByteBuf block = take(i);
                if (block == null) {
                    cache.putDamaged(segment(i), address(i));
                    continue;
                }
                try {
                    keep(i, block.nioBuffer());
                } catch (CorruptEntryException e) {
                    cache.putDamaged(segment(i), address(i));
                } finally {
                    block.release();
                }
            }
            whenLoaded.run();
        }

        private void keep(int i, ByteBuffer block) throws CorruptEntryException {
            String place = "offset " + address(i) + " of segment " + segment(i);
            byte kind = SegmentFormat.kind(block, place);
            ByteBuffer content = SegmentFormat.content(block, kind, place);
            if (kind == SegmentFormat.BLOCK_DIRECTORY) {
                cache.put(segment(i), address(i), DirectoryBlock.read(content));
            } else if (kind != SegmentFormat.BLOCK_ENTRIES) {
                throw new CorruptEntryException(place, "it is no block of the index");
            } else {
                cache.put(segment(i), address(i), IndexBlock.read(content));
            }
        }
    }
}
