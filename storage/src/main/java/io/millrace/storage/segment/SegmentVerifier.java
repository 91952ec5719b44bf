package io.millrace.storage.segment;

import io.millrace.storage.CorruptEntryException;
import io.millrace.storage.EntryEnvelope;
import io.millrace.storage.EntryRecord;
import io.millrace.storage.ReadBatch;
import io.millrace.storage.SegmentStore;
import io.millrace.storage.ShardLog;
import io.millrace.storage.index.DirectoryBlock;
import io.millrace.storage.index.IndexBlock;
import io.millrace.storage.index.IndexCursor;
import io.millrace.storage.index.SealedRun;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.agrona.collections.LongHashSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads a sealed segment from its first byte to its last, a step at a time, and says what is damaged: each checksum is
 * checked, and that what the index names is there. For tools and the scrubber. Blocks; for one thread.
 */
public final class SegmentVerifier {
    private static final int STEP_BYTES = 1 << 20;
    /** Entries of several logs that are read once; what comes then is read for each log. */
    private static final int SHARED_MAX = 1 << 19;

    private final SegmentStore store;
    private final int shard;
    private final long segment;
    private final boolean readsLog;
    private final Listener listener;
    private final SegmentWindow window;
    private final EntryEnvelope envelope = new EntryEnvelope();
    private final IndexCursor cursor = new IndexCursor();
    private final ArrayDeque<LogRun> runs = new ArrayDeque<>();
    private final ArrayDeque<Block> blocks = new ArrayDeque<>();
    /** The addresses of entries of several logs that are as they should be. */
    private final LongHashSet verified = new LongHashSet();

    private final List<LogRun> contents = new ArrayList<>();
    private boolean opened;
    private boolean inBlock;
    private @Nullable LogRun current;
    private long bytesRead;

    /** Is told what is damaged. */
    public interface Listener {
        /** {@code bytes} bytes at {@code offset} of the segment are not what was written; {@code what} lies there. */
        void onDamage(long offset, long bytes, String what);
    }

    private record Block(byte kind, long address, int bytes) {}

    /**
     * Will verify {@code segment} of {@code shard}. {@code readsLog} says whether records that have stayed in the log
     * are looked at too.
     */
    public SegmentVerifier(SegmentStore store, int shard, long segment, boolean readsLog, Listener listener) {
        this.store = store;
        this.shard = shard;
        this.segment = segment;
        this.readsLog = readsLog;
        this.listener = listener;
        this.window = new SegmentWindow(store, segment);
    }

    /** The runs that a segment of entries holds; whole after the first step, as far as they can be read. */
    public List<LogRun> contents() {
        return contents;
    }

    /** Bytes that were read so far. */
    public long bytesRead() {
        return bytesRead + window.bytesRead();
    }

    /** Verifies all that is left. */
    public void run() {
        while (!step()) {
            // Each step says whether it was the last.
        }
    }

    /** Verifies the next piece, about a MiB; returns whether it was the last. */
    public boolean step() {
        if (!opened) {
            opened = true;
            open();
            return false;
        }
        long end = bytesRead() + STEP_BYTES;
        while (bytesRead() < end) {
            if (inBlock && cursor.next()) {
                verifyEntry();
            } else if (!nextBlock()) {
                return true;
            }
        }
        return false;
    }

    private void open() {
        long size;
        int kind;
        try {
            size = window.size();
            if (size < SegmentFormat.HEADER_BYTES + SegmentFormat.FOOTER_BYTES) {
                listener.onDamage(0, size, "the segment is too short to be one");
                return;
            }
            kind = readHeader();
        } catch (IOException e) {
            listener.onDamage(0, SegmentFormat.HEADER_BYTES, failure("the segment", e));
            return;
        }
        try {
            readContents(size, kind);
        } catch (IOException | CorruptEntryException | RuntimeException e) {
            listener.onDamage(
                    SegmentFormat.HEADER_BYTES,
                    size - SegmentFormat.HEADER_BYTES,
                    failure("what is in the segment cannot be found", e));
        }
    }

    private int readHeader() throws IOException {
        ByteBuffer header = window.read(0, SegmentFormat.HEADER_BYTES);
        int kind = header.getInt(SegmentFormat.KIND_AT);
        try {
            SegmentFormat.checkHeader(header, kind, shard, segment, "the header of the segment");
        } catch (CorruptEntryException e) {
            listener.onDamage(0, SegmentFormat.HEADER_BYTES, String.valueOf(e.getMessage()));
            return 0;
        }
        return kind;
    }

    private void readContents(long size, int headerKind) throws IOException, CorruptEntryException {
        ByteBuffer footer = window.read(size - SegmentFormat.FOOTER_BYTES, SegmentFormat.FOOTER_BYTES);
        SegmentFormat.checkFooter(footer, "its footer");
        long at = footer.getLong(SegmentFormat.CONTENTS_AT);
        int bytes = footer.getInt(SegmentFormat.CONTENTS_BYTES_AT);
        if (at + bytes + SegmentFormat.FOOTER_BYTES != size) {
            throw new CorruptEntryException("its footer", "the segment has another length than it says");
        }
        ByteBuffer listed =
                SegmentFormat.content(window.read(at, bytes), SegmentFormat.BLOCK_CONTENTS, "its list of contents");
        // Where the header does not say it, the first of what is listed does.
        boolean snapshot = headerKind == SegmentFormat.KIND_SNAPSHOT
                || (headerKind != SegmentFormat.KIND_ENTRIES && isListOfBlocks(listed.duplicate()));
        for (int left = listed.getInt(); left > 0; left--) {
            if (snapshot) {
                blocks.add(new Block(listed.get(), listed.getLong(), listed.getInt()));
            } else {
                contents.add(new LogRun(listed.getLong(), SealedRun.read(listed)));
            }
        }
        runs.addAll(contents);
    }

    private static boolean isListOfBlocks(ByteBuffer listed) {
        int count = listed.getInt();
        return listed.remaining() == count * (1L + Long.BYTES + Integer.BYTES);
    }

    /** Goes on to the next block of the index, or verifies the next one of a snapshot; false where there is none. */
    private boolean nextBlock() {
        inBlock = false;
        if (blocks.isEmpty()) {
            current = runs.poll();
            if (current == null) {
                return false;
            }
            blocks.add(new Block(
                    (byte) 0, current.run().rootAddress(), current.run().rootBytes()));
        }
        Block next = blocks.remove();
        String what = current == null ? "a block of the snapshot" : "the index of log " + current.logId();
        try {
            ByteBuffer block = window.read(next.address, next.bytes);
            byte kind = next.kind == 0 ? SegmentFormat.kind(block, what) : next.kind;
            ByteBuffer content = SegmentFormat.content(block, kind, what);
            if (current != null && kind == SegmentFormat.BLOCK_DIRECTORY) {
                DirectoryBlock directory = DirectoryBlock.read(content);
                for (int i = 0; i < directory.count(); i++) {
                    blocks.add(new Block(SegmentFormat.BLOCK_ENTRIES, directory.address(i), directory.bytes(i)));
                }
            } else if (current != null) {
                cursor.start(IndexBlock.read(SegmentFormat.content(block, SegmentFormat.BLOCK_ENTRIES, what)));
                inBlock = true;
            }
        } catch (IOException | CorruptEntryException | RuntimeException e) {
            listener.onDamage(next.address, next.bytes, failure(what + offsets(next), e));
        }
        return true;
    }

    /** The offsets that are found through {@code block}. */
    private String offsets(Block block) {
        LogRun run = current;
        if (run == null || block.address != run.run().rootAddress()) {
            return "";
        }
        return ", offsets " + run.run().firstOffset() + " to " + (run.run().endOffset() - 1);
    }

    private void verifyEntry() {
        LogRun run = current;
        boolean inLog = cursor.segment() == ReadBatch.LOG;
        if (run == null || (inLog && !readsLog) || verified.contains(cursor.address())) {
            return;
        }
        String what = "log " + run.logId() + ", offset " + cursor.firstOffset();
        try {
            if (cursor.bytes() < EntryRecord.BYTES_MIN || cursor.bytes() > ShardLog.RECORD_BYTES_MAX) {
                throw new CorruptEntryException(what, "an entry has no " + cursor.bytes() + " bytes");
            }
            ByteBuffer record = inLog ? readLog() : window.read(cursor.address(), cursor.bytes());
            ByteBuf content = Unpooled.wrappedBuffer(record);
            EntryRecord.verify(content, envelope, what);
            boolean namesPlace = EntryRecord.namesPlace(content);
            boolean isOther =
                    namesPlace && (envelope.logId != run.logId() || envelope.firstOffset != cursor.firstOffset());
            if (isOther || envelope.span != cursor.span()) {
                throw new CorruptEntryException(what, "another entry lies there");
            }
            if (!namesPlace && verified.size() < SHARED_MAX) {
                verified.add(cursor.address());
            }
        } catch (IOException | CorruptEntryException | RuntimeException e) {
            String where = inLog ? ", at position " + cursor.address() + " of the shard's log" : "";
            listener.onDamage(inLog ? 0 : cursor.address(), inLog ? 0 : cursor.bytes(), failure(what, e) + where);
        }
    }

    private ByteBuffer readLog() throws IOException {
        ByteBuffer record = ByteBuffer.allocate(cursor.bytes());
        store.readLog(cursor.address(), record);
        bytesRead += cursor.bytes();
        return record.flip();
    }

    private static String failure(String what, Exception failure) {
        Throwable cause = failure.getCause() instanceof CorruptEntryException lost ? lost : failure;
        String reason = cause instanceof RuntimeException ? "it makes no sense" : String.valueOf(cause.getMessage());
        return reason.startsWith(what) ? reason : what + ": " + reason;
    }
}
