package io.millrace.engine;

import io.millrace.engine.queue.Queue;
import io.millrace.engine.record.RecordFormat;
import io.millrace.storage.CorruptEntryException;
import io.millrace.storage.EntryEnvelope;
import io.millrace.storage.ReadBatch;
import io.millrace.storage.SegmentStore;
import io.millrace.storage.index.IndexCursor;
import io.millrace.storage.index.SealedRun;
import io.millrace.storage.segment.RunReader;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Tells the host the definitions of the catalog that are in segments and adopted extents; the journal's are told when
 * it is replayed. On the opening thread.
 */
final class StoredDefinitions {
    private final Shard shard;
    private final SegmentStore store;
    private final EntryEnvelope envelope = new EntryEnvelope();

    /** Will read in {@code store}, which is that of {@code shard}. */
    StoredDefinitions(Shard shard, SegmentStore store) {
        this.shard = shard;
        this.store = store;
    }

    /** Tells those of {@code catalog} that are not settled; fails where one cannot be read. */
    void tell(Queue catalog) throws IOException {
        for (SealedRun run : List.copyOf(catalog.log().entries().sealed())) {
            try {
                for (RunReader reader = new RunReader(store, run); reader.next(); ) {
                    IndexCursor entry = reader.entry();
                    if (!catalog.isSettled(entry.firstOffset(), entry.firstOffset() + entry.span())) {
                        tell(entry);
                    }
                }
            } catch (CorruptEntryException e) {
                throw new IOException(
                        "a definition of the catalog is damaged: " + e.getMessage()
                                + "; restore the directory from a backup",
                        e);
            }
        }
    }

    private void tell(IndexCursor entry) throws IOException, CorruptEntryException {
        ByteBuffer record = ByteBuffer.allocate(entry.bytes());
        if (entry.segment() == ReadBatch.LOG) {
            store.readLog(entry.address(), record);
        } else {
            store.read(entry.segment(), entry.address(), record);
        }
        ByteBuf read = Unpooled.wrappedBuffer(record.flip());
        String place = "offset " + entry.firstOffset() + " of the catalog";
        if (read.readByte() != RecordFormat.ENTRY) {
            throw new CorruptEntryException(place, "it is not an entry");
        }
        envelope.read(read, read.readerIndex(), place);
        envelope.verifyBody(read, read.readerIndex(), place);
        ByteBuf body = envelope.body(read, read.readerIndex());
        shard.host().onDefinition(shard, envelope.firstOffset, body);
    }
}
