package io.millrace.engine.record;

import io.millrace.base.Check;
import io.millrace.engine.time.ShardTime;
import io.millrace.storage.EntryEnvelope;
import io.millrace.storage.EntryRecord;
import io.millrace.storage.ShardLog;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** Appends the records of a shard to its log. The loop's. */
public final class RecordWriter {
    private final ShardLog log;
    private final ShardTime time;
    /** Where records of unknown length are put together. */
    private final ByteBuf scratch = Unpooled.buffer(256);

    private int entryBytes;

    /** Appends to {@code log}, of a shard whose {@code time} goes on. */
    public RecordWriter(ShardLog log, ShardTime time) {
        this.log = log;
        this.time = time;
    }

    /**
     * Appends an entry of this {@code envelope}, which is complete but for what it says of the body, and {@code body};
     * returns its position.
     */
    public long entry(EntryEnvelope envelope, EntryBody body) {
        entryBytes = entryBytes(envelope, body);
        write(RecordFormat.ENTRY, log.reserve(entryBytes), envelope, body);
        return log.commit();
    }

    /** The same of an entry that the logs {@code destinations} share, of which {@code envelope} names the first. */
    public long shared(EntryEnvelope envelope, EntryBody body, Destinations destinations) {
        entryBytes = entryBytes(envelope, body);
        ByteBuf target = log.reserve(entryBytes + destinations.size() * Destinations.BYTES);
        write(RecordFormat.SHARED, target, envelope, body);
        destinations.writeTo(target);
        return log.commit();
    }

    /** The length of the record of an entry, without the list of the logs that share it. */
    public static int entryBytes(EntryEnvelope envelope, EntryBody body) {
        return EntryRecord.ENVELOPE_AT + envelope.bytes() + body.bodyBytes();
    }

    private static void write(byte kind, ByteBuf target, EntryEnvelope envelope, EntryBody body) {
        int bodyBytes = body.bodyBytes();
        target.writeByte(kind);
        int envelopeAt = target.writerIndex();
        int bodyAt = envelopeAt + envelope.bytes();
        target.writerIndex(bodyAt);
        body.writeBody(target);
        Check.that(target.writerIndex() == bodyAt + bodyBytes, "the body has the length that it was said to have");
        envelope.write(target, envelopeAt, bodyBytes);
    }

    /** The length of the record of the entry that was appended last, without the list of the logs that share it. */
    public int entryBytes() {
        return entryBytes;
    }

    /** Appends that {@code epoch} has begun, or that the wall clock, which shows {@code wallMillis}, was set. */
    public long start(long epoch, long wallMillis) {
        long millis = time.millis();
        begin(RecordFormat.START).writeLong(epoch).writeLong(wallMillis).writeLong(millis);
        time.recorded(millis, wallMillis);
        return append();
    }

    /** Appends that a log is gone; returns the position of the record. */
    public long drop(long logId) {
        begin(RecordFormat.DROP).writeLong(logId);
        return append();
    }

    /**
     * Appends that the messages of {@code runs} were leased at {@code nowMillis} of the shard's time for {@code
     * leaseMillis}, under tokens from {@code firstToken} on; returns the position of the record.
     */
    public long lease(
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

    /** Appends what became of messages of a log at {@code nowMillis} of the shard's time; returns its position. */
    public long settlement(
            long logId, long nowMillis, RunWriter acknowledged, OffsetTimes released, OffsetTimes extended) {
        ByteBuf record = begin(RecordFormat.SETTLEMENT);
        record.writeLong(logId);
        acknowledged.writeTo(record);
        released.writeTo(record, nowMillis);
        extended.writeTo(record, nowMillis);
        return append();
    }

    /**
     * Appends that log {@code logId} has the messages of {@code sourceId}, and begins, or begins again, at {@code
     * offset}; whether messages are looked at before it delivers them. Returns the position of the record.
     */
    public long subscription(long logId, long sourceId, long offset, boolean isSifted) {
        begin(RecordFormat.SUBSCRIPTION).writeLong(logId).writeLong(sourceId).writeLong(offset);
        scratch.writeByte(isSifted ? RecordFormat.SUBSCRIPTION_SIFTED : 0);
        return append();
    }

    /** Appends which messages of a log are not delivered any more; returns the position of the record. */
    public long deaths(long logId, Deaths deaths) {
        ByteBuf record = begin(RecordFormat.DEATH);
        record.writeLong(logId);
        deaths.writeTo(record);
        return append();
    }

    /**
     * Appends that {@code changes}, and the entries that were appended just before, take effect. Where {@code token} is
     * not 0 this decides the transaction for the shards {@code participants} too. Returns its position.
     */
    public long commit(long token, int[] participants, LogChanges changes) {
        ByteBuf record = begin(RecordFormat.COMMIT);
        record.writeLong(token);
        RecordFormat.putUnsigned(record, participants.length);
        for (int each : participants) {
            RecordFormat.putUnsigned(record, each);
        }
        changes.writeTo(record);
        return append();
    }

    /**
     * Appends that {@code changes}, and the entries that were appended just before, wait for what the shard {@code
     * coordinator} decides on {@code token}; returns its position.
     */
    public long prepare(int coordinator, long token, LogChanges changes) {
        ByteBuf record = begin(RecordFormat.PREPARE);
        RecordFormat.putUnsigned(record, coordinator);
        record.writeLong(token);
        changes.writeTo(record);
        return append();
    }

    /** Appends what became of what was prepared; returns its position. */
    public long outcome(int coordinator, long token, boolean isCommitted) {
        ByteBuf record = begin(RecordFormat.OUTCOME);
        RecordFormat.putUnsigned(record, coordinator);
        record.writeLong(token).writeBoolean(isCommitted);
        return append();
    }

    /** Appends that nobody will ask any more what was decided on {@code token}. */
    public void forget(long token) {
        begin(RecordFormat.FORGET).writeLong(token);
        append();
    }

    private ByteBuf begin(byte kind) {
        return scratch.clear().writeByte(kind);
    }

    private long append() {
        log.reserve(scratch.readableBytes()).writeBytes(scratch);
        return log.commit();
    }
}
