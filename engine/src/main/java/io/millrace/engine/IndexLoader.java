package io.millrace.engine;

import io.millrace.storage.CorruptEntryException;
import io.millrace.storage.index.DirectoryBlock;
import io.millrace.storage.index.EntryIndex;
import io.millrace.storage.index.IndexBlock;
import io.millrace.storage.index.IndexCache;
import io.millrace.storage.segment.SegmentFormat;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;

/** Reads blocks of the index of sealed segments into memory. Part of a shard; the loop's. */
final class IndexLoader {
    private final ShardReads reads;
    private final IndexCache cache;

    IndexLoader(ShardReads reads, IndexCache cache) {
        this.reads = reads;
        this.cache = cache;
    }

    /** Reads the block that {@code index} has missed; {@code whenLoaded} runs later, also where it is damaged. */
    void load(EntryIndex index, Runnable whenLoaded) {
        BlockRead read = new BlockRead(whenLoaded);
        read.add(index.missingSegment(), index.missingAddress(), index.missingBytes());
        reads.begin(read);
    }

    private final class BlockRead extends ShardReads.Read {
        private final Runnable whenLoaded;

        BlockRead(Runnable whenLoaded) {
            this.whenLoaded = whenLoaded;
        }

        @Override
        void onRead() {
            ByteBuf block = take(0);
            if (block == null) {
                cache.putDamaged(segment(0), address(0));
            } else {
                try {
                    keep(block.nioBuffer());
                } catch (CorruptEntryException e) {
                    cache.putDamaged(segment(0), address(0));
                } finally {
                    block.release();
                }
            }
            whenLoaded.run();
        }

        private void keep(ByteBuffer block) throws CorruptEntryException {
            String place = "offset " + address(0) + " of segment " + segment(0);
            byte kind = SegmentFormat.kind(block, place);
            ByteBuffer content = SegmentFormat.content(block, kind, place);
            if (kind == SegmentFormat.BLOCK_DIRECTORY) {
                cache.put(segment(0), address(0), DirectoryBlock.read(content));
            } else if (kind != SegmentFormat.BLOCK_ENTRIES) {
                throw new CorruptEntryException(place, "it is no block of the index");
            } else {
                cache.put(segment(0), address(0), IndexBlock.read(content));
            }
        }
    }
}
