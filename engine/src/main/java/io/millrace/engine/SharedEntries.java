package io.millrace.engine;

import io.millrace.engine.queue.Queue;
import io.millrace.engine.record.Destinations;
import io.millrace.engine.record.RecordWriter;
import io.millrace.storage.EntryEnvelope;
import io.millrace.storage.ShardLog;
import java.util.ArrayList;
import java.util.List;

/**
 * Appends publishes of the same messages to several queues: as one record for those whose envelopes would differ in log
 * and offset only. Part of a shard; the loop's.
 */
final class SharedEntries {
    /** Logs that share a record: what is done for all of them is one piece of work for the loop, and for a replay. */
    static final int LOGS_MAX = 4_096;
    /** Different settings of queues that are looked for among those of one publish; others are stored alone. */
    private static final int SETTINGS_MAX = 8;

    private final Shard shard;
    private final Intake intake;
    private final RecordWriter records;
    private final Destinations destinations = new Destinations();

    SharedEntries(Shard shard, Intake intake, RecordWriter records) {
        this.shard = shard;
        this.intake = intake;
        this.records = records;
    }

    /** Appends {@code publishes}, without keys and each to another queue, past all that waits, or refuses them. */
    void append(List<Publish> publishes) {
        List<Publish> left = publishes;
        for (int i = 0; i < SETTINGS_MAX && left.size() > 1; i++) {
            left = appendAlike(left);
        }
        left.forEach(this::appendAlone);
    }

    private void appendAlone(Publish publish) {
        Refusal refusal = intake.refusal(publish.bodyBytes());
        if (refusal == null) {
            intake.append(publish.target(), publish);
        } else {
            publish.onRefused(refusal);
        }
    }

    /** Appends those whose envelopes are like that of the first; returns the others. */
    private List<Publish> appendAlike(List<Publish> publishes) {
        long nowMillis = shard.clock().epochMillis();
        EntryEnvelope like = intake.describe(publishes.get(0), nowMillis).copy();
        int logsMax = logsMax(RecordWriter.entryBytes(like, publishes.get(0)));
        if (logsMax < 2 || like.producerId != 0) {
            publishes.forEach(this::appendAlone);
            return List.of();
        }
        List<Publish> alike = new ArrayList<>(Math.min(publishes.size(), logsMax));
        List<Publish> others = new ArrayList<>(0);
        for (Publish each : publishes) {
            if (!like.saysSame(intake.describe(each, nowMillis))) {
                others.add(each);
            } else if (intake.isFull(each)) {
                each.onRefused(Refusal.QUEUE_FULL);
            } else {
                alike.add(each);
            }
            if (alike.size() == logsMax) {
                write(like, alike);
                alike.clear();
            }
        }
        write(like, alike);
        return others;
    }

    private static int logsMax(int entryBytes) {
        int inRecord = (ShardLog.RECORD_BYTES_MAX - entryBytes) / Destinations.BYTES;
        return Math.min(LOGS_MAX, inRecord);
    }

    private void write(EntryEnvelope envelope, List<Publish> publishes) {
        if (publishes.size() < 2) {
            publishes.forEach(this::appendAlone);
            return;
        }
        Publish first = publishes.get(0);
        Refusal refusal = intake.refusal(first.bodyBytes());
        if (refusal != null) {
            publishes.forEach(each -> each.onRefused(refusal));
            return;
        }
        destinations.clear();
        for (Publish each : publishes) {
            Queue queue = each.target();
            destinations.add(queue.log().id(), queue.log().nextOffset());
        }
        envelope.logId = destinations.logId(0);
        envelope.firstOffset = destinations.firstOffset(0);
        long position = records.shared(envelope, first, destinations);
        for (int i = 0; i < publishes.size(); i++) {
            envelope.logId = destinations.logId(i);
            envelope.firstOffset = destinations.firstOffset(i);
            intake.note(publishes.get(i), envelope, position);
        }
        for (int i = 1; i < publishes.size(); i++) {
            publishes.get(i).onBodyShared();
        }
    }
}
