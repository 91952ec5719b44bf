package io.millrace.storage.bookkeeper;

import io.millrace.base.Crc32c;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A {@link ShardState} as the bytes of its node (docs/formats/bookkeeper.md). Stateless; any thread. */
final class ShardStateFormat {
    static final int MAGIC = 0x4D525348; // MRSH
    static final int VERSION = 1;
    static final int HEADER_BYTES = 36;
    static final int LEDGER_BYTES = 24;
    static final int SEGMENT_BYTES = 28;
    static final int CRC_BYTES = 4;
    static final int MANIFEST_NONE = 0;
    static final int MANIFEST_INLINE = 1;
    static final int MANIFEST_LEDGER = 2;

    /** The most bytes of a node: ZooKeeper refuses 1 MiB, request and path included. */
    static final int NODE_BYTES_MAX = 900 << 10;

    private ShardStateFormat() {}

    /** The bytes of {@code state}, its manifest not counted. */
    static int bytesWithoutManifest(ShardState state) {
        return HEADER_BYTES
                + state.chain().size() * LEDGER_BYTES
                + state.segments().size() * SEGMENT_BYTES
                + CRC_BYTES;
    }

    /** Throws where the node would be larger than ZooKeeper takes. */
    static byte[] encode(ShardState state) throws IOException {
        StoredManifest manifest = state.manifest();
        byte @Nullable [] inline = manifest == null ? null : manifest.inline();
        int manifestBytes = manifest == null ? 0 : inline != null ? inline.length : Long.BYTES;
        int bytes = bytesWithoutManifest(state) + manifestBytes;
        if (bytes > NODE_BYTES_MAX) {
            throw new IOException("what the shard's node would hold has " + bytes + " bytes, more than "
                    + NODE_BYTES_MAX + ": " + state.chain().size() + " ledgers, "
                    + state.segments().size() + " segments");
        }
        ByteBuffer target = ByteBuffer.allocate(bytes);
        target.putInt(MAGIC)
                .putInt(VERSION)
                .putLong(state.epoch())
                .putLong(state.replayFrom())
                .putInt(state.chain().size())
                .putInt(state.segments().size());
        int kind = manifest == null ? MANIFEST_NONE : inline != null ? MANIFEST_INLINE : MANIFEST_LEDGER;
        // The kind in the upper bits: a manifest has less than 2^30 bytes.
        target.putInt(kind << 30 | (manifest == null ? 0 : manifest.bytes()));
        for (LogLedger each : state.chain()) {
            target.putLong(each.ledger()).putLong(each.from()).putLong(each.to());
        }
        state.segments().forEach((segment, each) -> target.putLong(segment)
                .putLong(each.ledger())
                .putLong(each.bytes())
                .putInt(each.pieceBytes()));
        if (inline != null) {
            target.put(inline);
        } else if (manifest != null) {
            target.putLong(manifest.ledger());
        }
        target.putInt(new Crc32c().of(target, 0, target.position()));
        return target.array();
    }

    /** Throws where the bytes are damaged or of another version; {@code path} names the node. */
    static ShardState decode(byte[] bytes, String path) throws IOException {
        ByteBuffer source = ByteBuffer.wrap(bytes);
        try {
            if (source.getInt() != MAGIC) {
                throw new IOException(path + " is not a node of Millrace");
            }
            int version = source.getInt();
            if (version != VERSION) {
                throw new IOException(path + " has format " + version + ", this Millrace reads format " + VERSION
                        + "; use the version that wrote it");
            }
            source.limit(bytes.length - CRC_BYTES);
            if (new Crc32c().of(source, 0, source.limit())
                    != ByteBuffer.wrap(bytes).getInt(bytes.length - CRC_BYTES)) {
                throw new IOException(path + " is damaged: its checksum is wrong");
            }
            ShardState state = decodeBody(source);
            if (source.hasRemaining()) {
                throw new IOException(path + " is damaged: " + source.remaining() + " bytes too many");
            }
            return state;
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            throw new IOException(path + " is damaged: it ends early", e);
        }
    }

    private static ShardState decodeBody(ByteBuffer source) {
        long epoch = source.getLong();
        long replayFrom = source.getLong();
        int ledgers = source.getInt();
        int segmentCount = source.getInt();
        int manifest = source.getInt();
        List<LogLedger> chain = new ArrayList<>();
        for (int i = 0; i < ledgers; i++) {
            chain.add(new LogLedger(source.getLong(), source.getLong(), source.getLong()));
        }
        SortedMap<Long, SegmentLedger> segments = new TreeMap<>();
        for (int i = 0; i < segmentCount; i++) {
            long segment = source.getLong();
            segments.put(segment, new SegmentLedger(source.getLong(), source.getLong(), source.getInt()));
        }
        return new ShardState(epoch, replayFrom, chain, segments, decodeManifest(source, manifest));
    }

    private static @Nullable StoredManifest decodeManifest(ByteBuffer source, int field) {
        int kind = field >>> 30;
        int bytes = field & (1 << 30) - 1;
        if (kind == MANIFEST_INLINE) {
            byte[] inline = new byte[Math.min(bytes, source.remaining() + 1)];
            source.get(inline);
            return StoredManifest.inline(inline);
        }
        return kind == MANIFEST_LEDGER ? new StoredManifest(null, source.getLong(), bytes) : null;
    }
}
