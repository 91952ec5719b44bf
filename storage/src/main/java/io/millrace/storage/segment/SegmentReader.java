package io.millrace.storage.segment;

import io.millrace.storage.CorruptEntryException;
import io.millrace.storage.SegmentStore;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Reads a segment piece by piece and verifies what it reads. Blocks; for one thread. */
public final class SegmentReader {
    private final SegmentStore store;
    private final long segment;
    private final String place;
    private final ByteBuffer contents;

    /** Reads header, footer and contents of segment {@code segment} of {@code shard}, which is of {@code kind}. */
    public SegmentReader(SegmentStore store, int kind, int shard, long segment)
            throws IOException, CorruptEntryException {
        this.store = store;
        this.segment = segment;
        this.place = "segment " + segment + " of shard " + shard;
        long bytes = store.size(segment);
        if (bytes < SegmentFormat.HEADER_BYTES + SegmentFormat.FOOTER_BYTES) {
            throw new CorruptEntryException(place, "it is too short");
        }
        SegmentFormat.checkHeader(read(0, SegmentFormat.HEADER_BYTES), kind, shard, segment, place);
        long footerAt = bytes - SegmentFormat.FOOTER_BYTES;
        ByteBuffer footer = read(footerAt, SegmentFormat.FOOTER_BYTES);
        SegmentFormat.checkFooter(footer, place);
        long contentsAt = footer.getLong(SegmentFormat.CONTENTS_AT);
        contents = block(contentsAt, footer.getInt(SegmentFormat.CONTENTS_BYTES_AT), SegmentFormat.BLOCK_CONTENTS);
    }

    /** The content of the contents block. */
    public ByteBuffer contents() {
        return contents.duplicate();
    }

    /**
     * The content of the block of {@code kind} that has {@code bytes} bytes, its header included, at {@code address}.
     */
    public ByteBuffer block(long address, int bytes, byte kind) throws IOException, CorruptEntryException {
        return SegmentFormat.content(read(address, bytes), kind, place + ", offset " + address);
    }

    private ByteBuffer read(long address, int bytes) throws IOException {
        ByteBuffer piece = ByteBuffer.allocate(bytes);
        store.read(segment, address, piece);
        return piece.flip();
    }
}
