package io.millrace.engine;

import io.millrace.base.Check;
import io.millrace.storage.EntryEnvelope;
import io.millrace.storage.EntryRecord;
import io.millrace.storage.ShardLog;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** Appends the records of a shard to its log. The loop's. */
final class RecordWriter {
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final ShardLog log;
    private final ShardTime time;
    private final EntryEnvelope envelope = new EntryEnvelope();
    /** Where records of unknown length are put together. */
    private final ByteBuf scratch = Unpooled.buffer(256);

    private long entryMillis;
    private int entryBytes;

    RecordWriter(ShardLog log, ShardTime time) {
        this.log = log;
        this.time = time;
    }

    /** Appends an entry of {@code log}; returns its position. */
    long entry(Publish publish, long logId, long firstOffset, long nowMillis) {
        int bodyBytes = publish.bodyBytes();
        envelope.reset(logId, firstOffset, publish.count(), nowMillis);
        publish.fill(envelope);
        entryMillis = Math.min(envelope.timestampMillis, nowMillis);
        if (publish.delayNanos() > 0) {
            envelope.dueMillis = time.endOf(publish.delayNanos());
            envelope.flags |= EntryEnvelope.DELAYED;
        }
        if (publish.isDeduplicated()) {
            envelope.deduplicationHigh = publish.deduplicationHigh();
            envelope.deduplicationLow = publish.deduplicationLow();
            envelope.deduplicationUntilMillis = time.endOf(publish.deduplicationNanos());
        }
        entryBytes = EntryRecord.ENVELOPE_AT + envelope.bytes() + bodyBytes;
        ByteBuf target = log.reserve(entryBytes);
        target.writeByte(RecordFormat.ENTRY);
        int envelopeAt = target.writerIndex();
        int bodyAt = envelopeAt + envelope.bytes();
        target.writerIndex(bodyAt);
        publish.writeBody(target);
        Check.that(target.writerIndex() == bodyAt + bodyBytes, "the body has the length that it was said to have");
        envelope.write(target, envelopeAt, bodyBytes);
        return log.commit();
    }

    /**
     * The greatest timestamp of the entry that was appended last; where the clock of its publisher is ahead, the time
     * when it was stored.
     */
    long entryMillis() {
        return entryMillis;
    }

    /** The length of the record of the entry that was appended last. */
    int entryBytes() {
        return entryBytes;
    }

    /** The envelope of the last {@link #entry}, until the next one. */
    EntryEnvelope envelope() {
        return envelope;
    }

    long start(long epoch, long wallMillis) {
        long millis = time.millis();
        begin(RecordFormat.START).writeLong(epoch).writeLong(wallMillis).writeLong(millis);
        time.recorded(millis, wallMillis);
        return append();
    }

    long drop(long logId) {
        begin(RecordFormat.DROP).writeLong(logId);
        return append();
    }

    long lease(
            long logId,
            boolean durable,
            long nowMillis,
            long leaseMillis,
            long firstToken,
            RunWriter runs,
            PriorityRuns priorities,
            LeaseGroups groups) {
        ByteBuf record = begin(RecordFormat.LEASE);
        record.writeByte(durable ? RecordFormat.LEASE_DURABLE : 0)
                .writeLong(logId)
                .writeLong(nowMillis);
        RecordFormat.putUnsigned(record, leaseMillis);
        record.writeLong(firstToken);
        priorities.writeTo(record);
        groups.writeTo(record);
        runs.writeTo(record);
        return append();
    }

    long settlement(long logId, long nowMillis, RunWriter acknowledged, OffsetTimes released, OffsetTimes extended) {
        ByteBuf record = begin(RecordFormat.SETTLEMENT);
        record.writeLong(logId);
        acknowledged.writeTo(record);
        released.writeTo(record, nowMillis);
        extended.writeTo(record, nowMillis);
        return append();
    }

    /** Milliseconds that are not shorter than {@code nanos}. */
    static long millisOf(long nanos) {
        return Math.max(0, (nanos + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI);
    }

    private ByteBuf begin(byte kind) {
        return scratch.clear().writeByte(kind);
    }

    private long append() {
        log.reserve(scratch.readableBytes()).writeBytes(scratch);
        return log.commit();
    }
}
