package io.millrace.storage.local;

import static io.millrace.storage.local.JournalFormat.BLOCK_BYTES;
import static io.millrace.storage.local.JournalFormat.FRAME_CONTINUES;
import static io.millrace.storage.local.JournalFormat.FRAME_FLAGS_AT;
import static io.millrace.storage.local.JournalFormat.FRAME_HEADER_BYTES;
import static io.millrace.storage.local.JournalFormat.FRAME_LENGTH_AT;
import static io.millrace.storage.local.JournalFormat.FRAME_POSITION_AT;
import static io.millrace.storage.local.JournalFormat.FRAME_SHARD_AT;
import static io.millrace.storage.local.JournalFormat.GROUP_HEADER_BYTES;

import io.millrace.storage.Replay;
import io.millrace.storage.SegmentStore;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/** Goes through the groups, frames and records of one file of the journal, in force or not. For one thread. */
final class JournalListing {
    private final JournalFile file;
    private final StoreInspection.JournalVisitor visitor;
    private final GroupScanner scanner = new GroupScanner();
    private final Map<Integer, StreamAssembler> streams = new HashMap<>();

    JournalListing(JournalFile file, StoreInspection.JournalVisitor visitor) {
        this.file = file;
        this.visitor = visitor;
    }

    void run() throws IOException {
        try {
            ScannedGroup group = scanner.findGroup(file, BLOCK_BYTES, 0);
            while (group != null) {
                visitor.onGroup(
                        group.offset(), group.sequence(), group.syncedThrough(), group.bodyBytes(), group.frames());
                list(group);
                group = scanner.findGroup(file, group.end(), group.sequence() + 1);
            }
        } finally {
            streams.values().forEach(StreamAssembler::close);
        }
    }

    private void list(ScannedGroup group) throws IOException {
        int groupAt = scanner.load(group);
        BitSet damaged = scanner.damagedFrames(group, groupAt);
        ByteBuffer buffer = scanner.buffer();
        int at = groupAt + GROUP_HEADER_BYTES;
        int end = groupAt + group.bytes();
        for (int frame = 0; frame < group.frames() && end - at >= FRAME_HEADER_BYTES; frame++) {
            int length = buffer.getInt(at + FRAME_LENGTH_AT);
            if (length < 0 || length > end - at - FRAME_HEADER_BYTES) {
                return;
            }
            long offset = group.offset() + (at - groupAt);
            int shard = buffer.getInt(at + FRAME_SHARD_AT);
            long position = buffer.getLong(at + FRAME_POSITION_AT);
            boolean continues = (buffer.getInt(at + FRAME_FLAGS_AT) & FRAME_CONTINUES) != 0;
            visitor.onFrame(offset, shard, position, length, continues, damaged.get(frame));
            at += FRAME_HEADER_BYTES;
            if (!damaged.get(frame)) {
                stream(shard).add(position, continues, buffer, at, length, "offset " + offset);
            }
            at += length;
        }
    }

    private StreamAssembler stream(int shard) {
        return streams.computeIfAbsent(
                shard,
                any -> new StreamAssembler(
                        new Replay() {
                            @Override
                            public void onManifest(byte[] manifest, SegmentStore segments) {
                                // A file of the journal has none.
                            }

                            @Override
                            public void onRecord(long position, ByteBuf record) {
                                visitor.onRecord(shard, position, record);
                            }

                            @Override
                            public void onLost(long from, long to, String reason) {
                                // The frames show it.
                            }
                        },
                        0));
    }
}
