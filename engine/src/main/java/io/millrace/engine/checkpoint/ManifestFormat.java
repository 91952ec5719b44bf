package io.millrace.engine.checkpoint;

import io.millrace.engine.segment.EntrySegment;
import io.millrace.storage.Extent;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;

/**
 * What a shard says of itself in a checkpoint (docs/formats/snapshot.md).
 *
 * @param replayFrom the position from which the shard's log is replayed
 * @param nextSegment a number that no segment has had
 * @param snapshots the segments that hold the snapshot, the whole one first, then what has changed since
 * @param segments the segments of entries
 * @param indexRuns the segments of the runs of indexes
 */
public record ManifestFormat(
        long replayFrom,
        long nextSegment,
        List<SnapshotPart> snapshots,
        List<EntrySegment> segments,
        List<Long> indexRuns) {
    private static final int VERSION = 1;

    /** A segment of a snapshot and its length. */
    public record SnapshotPart(long segment, long bytes) {}

    byte[] encode() {
        ByteBuf target = Unpooled.buffer();
        target.writeInt(VERSION).writeLong(replayFrom).writeLong(nextSegment).writeInt(snapshots.size());
        for (SnapshotPart each : snapshots) {
            target.writeLong(each.segment).writeLong(each.bytes);
        }
        target.writeInt(segments.size());
        for (EntrySegment each : segments) {
            Extent adopted = each.adopted();
            target.writeLong(each.number()).writeLong(each.bytes()).writeLong(each.entryBytes());
            target.writeBoolean(adopted != null);
            if (adopted != null) {
                target.writeLong(adopted.from()).writeLong(adopted.to());
            }
            target.writeLong(each.liveBytes());
        }
        target.writeInt(indexRuns.size());
        indexRuns.forEach(target::writeLong);
        return ByteBufUtil.getBytes(target);
    }

    /** Reads what {@link #encode} wrote; its checksum was verified. */
    public static ManifestFormat decode(byte[] manifest) {
        ByteBuf source = Unpooled.wrappedBuffer(manifest);
        int version = source.readInt();
        if (version != VERSION) {
            throw new IllegalStateException("the shard's manifest has format " + version
                    + ", this Millrace reads format " + VERSION + "; use the version that wrote it");
        }
        long replayFrom = source.readLong();
        long nextSegment = source.readLong();
        List<SnapshotPart> snapshots = new ArrayList<>();
        for (int left = source.readInt(); left > 0; left--) {
            snapshots.add(new SnapshotPart(source.readLong(), source.readLong()));
        }
        List<EntrySegment> segments = new ArrayList<>();
        for (int left = source.readInt(); left > 0; left--) {
            long number = source.readLong();
            long bytes = source.readLong();
            long entryBytes = source.readLong();
            Extent adopted = source.readBoolean() ? new Extent(source.readLong(), source.readLong(), 0) : null;
            segments.add(new EntrySegment(number, bytes, entryBytes, adopted, source.readLong()));
        }
        List<Long> indexRuns = new ArrayList<>();
        for (int left = source.readInt(); left > 0; left--) {
            indexRuns.add(source.readLong());
        }
        return new ManifestFormat(replayFrom, nextSegment, snapshots, segments, indexRuns);
    }
}
