package io.millrace.engine.inspect;

import io.millrace.engine.checkpoint.ManifestFormat;
import io.millrace.engine.checkpoint.SnapshotReader;
import io.millrace.engine.record.Destinations;
import io.millrace.engine.record.RecordFormat;
import io.millrace.engine.segment.EntrySegment;
import io.millrace.storage.CorruptEntryException;
import io.millrace.storage.EntryEnvelope;
import io.millrace.storage.EntryRecord;
import io.millrace.storage.Replay;
import io.millrace.storage.SegmentStore;
import io.millrace.storage.index.SealedRun;
import io.millrace.storage.run.RunDamage;
import io.millrace.storage.run.RunVerifier;
import io.millrace.storage.segment.SegmentVerifier;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.agrona.collections.Long2LongHashMap;

/**
 * Looks at all that is stored of one shard and says what is damaged, or is not where something says that it is: its
 * manifest, the segments that this names, the records of the log. Changes nothing. A receiver of the replay of a
 * directory that is only looked at; for its thread.
 */
public final class ShardVerifier implements Replay {
    private static final long UNKNOWN = -1;

    private final int shard;
    private final Listener listener;
    private final EntryEnvelope envelope = new EntryEnvelope();
    private final Destinations destinations = new Destinations();
    /** Per log the offset behind the last entry that was seen in the journal. */
    private final Long2LongHashMap nextOffsets = new Long2LongHashMap(UNKNOWN);

    private final Set<Long> segmentsNamed = new HashSet<>();
    private final Set<Long> segmentsDamaged = new HashSet<>();
    /** Per log the runs that its newest state names. */
    private final Map<Long, Set<SealedRun>> runs = new HashMap<>();

    private boolean anyLost;

    /** Is told what is wrong. */
    public interface Listener {
        /** Bytes of a segment are not what was written; {@code what} lies there. */
        void onSegmentDamage(int shard, long segment, long offset, long bytes, String what);

        /** Something is missing, or does not fit to the rest. */
        void onFault(int shard, String what);

        /** What damage that was reported has cost. */
        void onLost(int shard, String what);
    }

    /** A verifier of shard {@code shard}. */
    public ShardVerifier(int shard, Listener listener) {
        this.shard = shard;
        this.listener = listener;
    }

    @Override
    public void onManifest(byte[] manifest, SegmentStore segments) {
        ManifestFormat named;
        try {
            named = ManifestFormat.decode(manifest);
        } catch (RuntimeException e) {
            listener.onFault(shard, "what the shard says in its manifest makes no sense: " + e.getMessage());
            return;
        }
        Map<Long, Set<SealedRun>> present = new HashMap<>();
        for (EntrySegment each : named.segments()) {
            segmentsNamed.add(each.number());
            SegmentVerifier verifier = verify(segments, each.number(), each.bytes());
            Set<SealedRun> runsThere = new HashSet<>();
            verifier.contents().forEach(run -> runsThere.add(run.run()));
            present.put(each.number(), runsThere);
        }
        named.indexRuns().forEach(each -> verifyIndexRun(segments, each));
        for (ManifestFormat.SnapshotPart each : named.snapshots()) {
            verify(segments, each.segment(), each.bytes());
            if (!segmentsDamaged.contains(each.segment())) {
                readSnapshot(segments, each.segment());
            }
        }
        runs.forEach((log, used) -> used.forEach(run -> verifyReference(log, run, present)));
    }

    private SegmentVerifier verify(SegmentStore segments, long segment, long bytes) {
        SegmentVerifier verifier = new SegmentVerifier(segments, shard, segment, true, (offset, length, what) -> {
            segmentsDamaged.add(segment);
            listener.onSegmentDamage(shard, segment, offset, length, what);
        });
        verifier.run();
        try {
            if (!segmentsDamaged.contains(segment) && segments.size(segment) != bytes) {
                listener.onFault(
                        shard,
                        "segment " + segment + " has another length than the " + bytes
                                + " bytes that the manifest says");
            }
        } catch (IOException e) {
            listener.onFault(shard, "segment " + segment + " cannot be read: " + e.getMessage());
        }
        return verifier;
    }

    private void verifyIndexRun(SegmentStore segments, long segment) {
        try {
            for (RunDamage each : RunVerifier.verify(segments, segment)) {
                listener.onSegmentDamage(
                        shard,
                        segment,
                        (long) each.block() * RunVerifier.BLOCK_BYTES,
                        RunVerifier.BLOCK_BYTES,
                        each.reason());
            }
        } catch (IOException e) {
            listener.onFault(shard, "segment " + segment + " cannot be read: " + e.getMessage());
        }
    }

    private void readSnapshot(SegmentStore segments, long segment) {
        try {
            new SnapshotReader(segments, shard, new SnapshotReader.Visitor() {
                        @Override
                        public void onShard(ByteBuf state) {
                            // Any number will do.
                        }

                        @Override
                        public void onGone(long logId) {
                            runs.remove(logId);
                        }

                        @Override
                        public void onLog(ByteBuf state) {
                            StoredLog log = StoredLog.read(state);
                            runs.put(log.logId(), new HashSet<>(log.runs()));
                            nextOffsets.put(log.logId(), log.nextOffset());
                        }
                    })
                    .read(segment);
        } catch (IOException | RuntimeException e) {
            listener.onFault(shard, "the state in segment " + segment + " makes no sense: " + e.getMessage());
        }
    }

    private void verifyReference(long log, SealedRun run, Map<Long, Set<SealedRun>> present) {
        String what = "log " + log + ", offsets " + run.firstOffset() + " to " + (run.endOffset() - 1) + ": segment "
                + run.segment();
        if (!segmentsNamed.contains(run.segment())) {
            listener.onFault(shard, what + ", which should have them, is not named by the manifest");
        } else if (!segmentsDamaged.contains(run.segment())
                && !present.getOrDefault(run.segment(), Set.of()).contains(run)) {
            listener.onFault(shard, what + " does not have them");
        }
    }

    @Override
    public void onRecord(long position, ByteBuf record) {
        byte kind = record.isReadable() ? record.getByte(record.readerIndex()) : 0;
        if (EntryRecord.isEntry(kind)) {
            verifyEntry(position, record);
        } else if (kind < RecordFormat.START || kind > RecordFormat.LAST_KIND) {
            listener.onFault(
                    shard,
                    "the record at position " + position + " is of kind " + kind
                            + ", which this Millrace does not know");
        }
    }

    private void verifyEntry(long position, ByteBuf record) {
        String place = "the entry at position " + position;
        try {
            EntryRecord.verify(EntryRecord.withoutList(record), envelope, place);
            destinations.read(record, place);
        } catch (CorruptEntryException e) {
            listener.onFault(shard, String.valueOf(e.getMessage()));
            return;
        }
        if (destinations.size() == 0) {
            verifyPlace(envelope.logId, envelope.firstOffset);
        }
        for (int i = 0; i < destinations.size(); i++) {
            verifyPlace(destinations.logId(i), destinations.firstOffset(i));
        }
    }

    /** Tells what is missing of log {@code logId} before {@code firstOffset}, where its next messages are. */
    private void verifyPlace(long logId, long firstOffset) {
        long expected = nextOffsets.get(logId);
        if (anyLost && expected != UNKNOWN && firstOffset > expected) {
            listener.onLost(shard, "log " + logId + ", offsets " + expected + " to " + (firstOffset - 1));
        } else if (anyLost && expected == UNKNOWN && firstOffset > 0) {
            // They may have been settled long ago.
            listener.onLost(shard, "log " + logId + ", perhaps offsets before " + firstOffset);
        }
        nextOffsets.put(logId, Math.max(expected, firstOffset + envelope.span));
    }

    @Override
    public void onLost(long from, long to, String reason) {
        anyLost = true;
        listener.onLost(shard, "positions " + from + " to " + to + " of its log: " + reason);
    }
}
