package io.millrace.engine.inspect;

import io.millrace.engine.checkpoint.ManifestFormat;
import io.millrace.engine.checkpoint.SnapshotReader;
import io.millrace.engine.policy.DeathReason;
import io.millrace.engine.queue.Queue;
import io.millrace.engine.record.Deaths;
import io.millrace.engine.record.Destinations;
import io.millrace.engine.record.LeaseGroups;
import io.millrace.engine.record.LogChanges;
import io.millrace.engine.record.OffsetTimes;
import io.millrace.engine.record.PriorityRuns;
import io.millrace.engine.record.RecordFormat;
import io.millrace.engine.record.RunWriter;
import io.millrace.engine.segment.EntrySegment;
import io.millrace.storage.CorruptEntryException;
import io.millrace.storage.EntryEnvelope;
import io.millrace.storage.EntryRecord;
import io.millrace.storage.Extent;
import io.millrace.storage.SegmentStore;
import io.millrace.storage.index.SealedRun;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What records, manifests and snapshots say, in names and values that people and programs can read: for tools. Bodies
 * are left out. Stateless.
 */
public final class StoredText {
    /** Runs of offsets and the like that are listed one by one; of more only the number is told. */
    private static final int LISTED_MAX = 100;

    private StoredText() {}

    /** What {@code record} of a shard log says; its checksum was verified, but for that of an entry. */
    public static StoredLine record(ByteBuf record) {
        ByteBuf source = record.slice();
        byte kind = source.readByte();
        return switch (kind) {
            case RecordFormat.START ->
                new StoredLine("start").with("epoch", source.readLong()).with("atMillis", source.readLong());
            case RecordFormat.ENTRY, RecordFormat.SHARED -> entry(record, new Destinations());
            case RecordFormat.SETTLEMENT -> settlement(source);
            case RecordFormat.LEASE -> lease(source);
            case RecordFormat.LOG_STATE ->
                new StoredLine("log-state").log(source.readLong()).with("nextOffset", source.readLong());
            case RecordFormat.DROP -> new StoredLine("drop").log(source.readLong());
            case RecordFormat.COMMIT -> commit(source);
            case RecordFormat.PREPARE ->
                changes(transaction("prepare", RecordFormat.getUnsigned(source), source.readLong()), source);
            case RecordFormat.OUTCOME ->
                transaction("outcome", RecordFormat.getUnsigned(source), source.readLong())
                        .with("committed", source.readBoolean());
            case RecordFormat.DEATH -> deaths(source);
            case RecordFormat.SUBSCRIPTION ->
                new StoredLine("subscription")
                        .log(source.readLong())
                        .with("source", source.readLong())
                        .with("offset", source.readLong())
                        .with("sifted", (source.readByte() & RecordFormat.SUBSCRIPTION_SIFTED) != 0);
            case RecordFormat.FORGET -> new StoredLine("forget").with("transaction", source.readLong());
            default -> new StoredLine("unknown").with("kind", (long) kind);
        };
    }

    /**
     * What the record of an entry in a segment says, which the index there has found as that of log {@code logId} from
     * {@code firstOffset} on; its checksum was not verified.
     */
    public static StoredLine entry(ByteBuf record, long logId, long firstOffset) {
        Destinations found = new Destinations();
        found.add(logId, firstOffset);
        return entry(record, found);
    }

    /** The same; where it says itself which log it is of, that is told, and not what was {@code found}. */
    private static StoredLine entry(ByteBuf record, Destinations found) {
        EntryEnvelope envelope = new EntryEnvelope();
        StoredLine line = new StoredLine("entry");
        try {
            EntryRecord.verify(EntryRecord.withoutList(record), envelope, "the entry");
            if (EntryRecord.namesPlace(record)) {
                found.clear();
                found.add(envelope.logId, envelope.firstOffset);
            } else if (found.size() == 0) {
                found.read(record, "the entry");
            }
        } catch (CorruptEntryException e) {
            return line.with("damage", String.valueOf(e.getMessage()));
        }
        if (found.size() == 1) {
            line.log(found.logId(0)).offsets(found.firstOffset(0), found.firstOffset(0) + envelope.span);
        } else {
            logs(line, found, envelope.span);
        }
        line.with("messages", (long) envelope.count)
                .with("bodyBytes", (long) envelope.bodyBytes)
                .with("format", (long) envelope.format)
                .with("storedMillis", envelope.timestampMillis);
        line.withPriority(envelope.priority).withUnless(EntryEnvelope.NONE, "dueMillis", envelope.dueMillis);
        line.withUnless(EntryEnvelope.NONE, "expiryMillis", envelope.expiryMillis)
                .withUnless(0, "producer", envelope.producerId)
                .withUnless(0, "flags", envelope.flags);
        if (envelope.isGrouped()) {
            line.with("group", hash(envelope.groupHigh, envelope.groupLow));
        }
        if (envelope.isDeduplicated()) {
            line.with("deduplication", hash(envelope.deduplicationHigh, envelope.deduplicationLow))
                    .with("deduplicationUntilMillis", envelope.deduplicationUntilMillis);
        }
        return line;
    }

    private static void logs(StoredLine line, Destinations shared, int span) {
        List<String> places = new ArrayList<>();
        for (int i = 0; i < shared.size(); i++) {
            line.alsoAbout(shared.logId(i), shared.firstOffset(i), shared.firstOffset(i) + span);
            addText(places, shared.logId(i) + ":" + run(shared.firstOffset(i), span));
        }
        line.withAll("logs", places);
    }

    static String hash(long high, long low) {
        return String.format("%016x%016x", high, low);
    }

    private static StoredLine settlement(ByteBuf source) {
        StoredLine line = new StoredLine("settlement").log(source.readLong());
        List<String> acknowledged = new ArrayList<>();
        RunWriter.read(source, (start, length) -> addRun(line, acknowledged, start, length));
        List<String> released = new ArrayList<>();
        OffsetTimes.read(source, (offset, from, millis) -> addTime(line, released, offset, millis));
        List<String> extended = new ArrayList<>();
        OffsetTimes.read(source, (offset, from, millis) -> addTime(line, extended, offset, millis));
        return line.withAll("acknowledged", acknowledged)
                .withAll("released", released)
                .withAll("extended", extended);
    }

    private static StoredLine deaths(ByteBuf source) {
        StoredLine line = new StoredLine("death").log(source.readLong());
        Map<DeathReason, List<String>> dead = new EnumMap<>(DeathReason.class);
        Deaths.read(source, (offset, reason, text) -> {
            String said = text == null ? "" : "=" + new String(text, StandardCharsets.UTF_8);
            line.offsets(offset, offset + 1);
            addText(dead.computeIfAbsent(reason, each -> new ArrayList<>()), offset + said);
        });
        dead.forEach((reason, offsets) -> line.withAll(reason.name().toLowerCase(Locale.ROOT), offsets));
        return line;
    }

    private static StoredLine lease(ByteBuf source) {
        boolean durable = (source.readByte() & RecordFormat.LEASE_DURABLE) != 0;
        StoredLine line = new StoredLine("lease").log(source.readLong());
        line.with("fromMillis", source.readLong())
                .with("millis", RecordFormat.getUnsigned(source))
                .with("firstToken", source.readLong())
                .with("outlivesProcess", durable);
        new PriorityRuns().read(source);
        new LeaseGroups().read(source);
        List<String> leased = new ArrayList<>();
        RunWriter.read(source, (start, length) -> addRun(line, leased, start, length));
        return line.withAll("leased", leased);
    }

    private static StoredLine commit(ByteBuf source) {
        StoredLine line = new StoredLine("commit").withUnless(0, "transaction", source.readLong());
        List<String> shards = new ArrayList<>();
        for (long left = RecordFormat.getUnsigned(source); left > 0; left--) {
            shards.add(Long.toString(RecordFormat.getUnsigned(source)));
        }
        return changes(line.withAll("preparedByShards", shards), source);
    }

    private static StoredLine transaction(String what, long coordinator, long token) {
        return new StoredLine(what).with("coordinator", coordinator).with("transaction", token);
    }

    private static StoredLine changes(StoredLine line, ByteBuf source) {
        List<String> published = new ArrayList<>();
        List<String> acknowledged = new ArrayList<>();
        LogChanges.read(source, new LogChanges.Reader() {
            @Override
            public void onPublished(long logId, long start, long length) {
                line.alsoAbout(logId, start, start + length);
                addText(published, logId + ":" + run(start, length));
            }

            @Override
            public void onAcknowledged(long logId, long offset, int priority) {
                line.alsoAbout(logId, offset, offset + 1);
                addText(acknowledged, logId + ":" + offset);
            }
        });
        return line.withAll("published", published).withAll("acknowledged", acknowledged);
    }

    private static String run(long start, long length) {
        return length == 1 ? Long.toString(start) : start + ".." + (start + length - 1);
    }

    private static void addText(List<String> texts, String text) {
        if (texts.size() < LISTED_MAX) {
            texts.add(text);
        } else if (texts.size() == LISTED_MAX) {
            texts.add("...");
        }
    }

    private static void addRun(StoredLine line, List<String> runs, long start, long length) {
        line.offsets(start, start + length);
        addText(runs, run(start, length));
    }

    private static void addTime(StoredLine line, List<String> offsets, long offset, long millis) {
        line.offsets(offset, offset + 1);
        addText(offsets, millis == 0 ? Long.toString(offset) : offset + "+" + millis + "ms");
    }

    /** What a shard says of itself in its manifest: a line, then one for each segment. */
    public static void manifest(byte[] manifest, Consumer<StoredLine> lines) {
        ManifestFormat named = ManifestFormat.decode(manifest);
        lines.accept(new StoredLine("shard-manifest")
                .with("replayFrom", named.replayFrom())
                .with("nextSegment", named.nextSegment()));
        for (ManifestFormat.SnapshotPart each : named.snapshots()) {
            lines.accept(
                    new StoredLine("snapshot").with("segment", each.segment()).with("bytes", each.bytes()));
        }
        for (EntrySegment each : named.segments()) {
            StoredLine line = new StoredLine("entries")
                    .with("segment", each.number())
                    .with("bytes", each.bytes())
                    .with("entryBytes", each.entryBytes());
            Extent adopted = each.adopted();
            if (adopted != null) {
                line.with("adoptedFrom", adopted.from()).with("adoptedTo", adopted.to());
            }
            lines.accept(line.with("liveBytes", each.liveBytes()));
        }
        named.indexRuns().forEach(each -> lines.accept(new StoredLine("index-run").with("segment", each)));
    }

    /** What the segments of a snapshot say: a line for the shard, for each log and for each log that is gone. */
    public static void snapshot(SegmentStore store, int shard, long segment, Consumer<StoredLine> lines)
            throws IOException {
        new SnapshotReader(store, shard, new SnapshotReader.Visitor() {
                    @Override
                    public void onShard(ByteBuf state) {
                        lines.accept(new StoredLine("shard").with("epoch", state.readLong()));
                    }

                    @Override
                    public void onGone(long logId) {
                        lines.accept(new StoredLine("gone").log(logId));
                    }

                    @Override
                    public void onLog(ByteBuf state) {
                        lines.accept(log(StoredLog.read(state)));
                    }
                })
                .read(segment);
    }

    private static StoredLine log(StoredLog log) {
        List<String> runs = new ArrayList<>();
        for (SealedRun each : log.runs()) {
            addText(runs, each.firstOffset() + ".." + (each.endOffset() - 1) + " in " + each.segment());
        }
        return new StoredLine("log")
                .log(log.logId())
                .with("asOf", log.asOfPosition())
                .with("nextOffset", log.nextOffset())
                .withUnless(Queue.NO_SOURCE, "source", log.source())
                .with("floor", log.floor())
                .with("cursor", log.cursor())
                .with("settledAbove", log.settledAbove())
                .with("delayed", log.delayed())
                .with("damaged", log.damaged())
                .with("dead", log.dead())
                .with("leasesAndDelays", (long) log.leases())
                .withAll(
                        "priorityRuns",
                        log.priorityRuns().stream().map(String::valueOf).toList())
                .withAll(
                        "groupRuns",
                        log.groupRuns().stream().map(String::valueOf).toList())
                .withAll("runs", runs);
    }

    /** What a segment says of the entries of one log in it. */
    public static StoredLine run(long logId, SealedRun run) {
        return new StoredLine("run")
                .log(logId)
                .offsets(run.firstOffset(), run.endOffset())
                .with("entries", (long) run.entries())
                .with("recordBytes", run.bytes())
                .with("recordsInLog", run.inLog())
                .with("index", run.rootAddress());
    }

    /** An entry of log {@code logId} of which only the place is known. */
    public static StoredLine place(long logId, long firstOffset, int span) {
        return new StoredLine("place").log(logId).offsets(firstOffset, firstOffset + span);
    }
}
