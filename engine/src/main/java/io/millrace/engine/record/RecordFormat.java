package io.millrace.engine.record;

import io.millrace.storage.EntryRecord;
import io.netty.buffer.ByteBuf;

/**
 * The records of a shard log (docs/formats/shard-log.md): one byte that says the kind, then the fields, big-endian.
 * Counts and differences are variable-length: seven bits a byte, lowest first, the high bit on all but the last;
 * signed ones are zigzag-encoded before. Kinds are on disk and never reused.
 */
public final class RecordFormat {
    /** The shard was opened, or the wall clock set: epoch (8), epoch milliseconds (8), shard time (8). */
    public static final byte START = 1;
    /** Messages: an envelope and its body. */
    public static final byte ENTRY = EntryRecord.KIND;
    /** What became of messages: log (8), then runs acknowledged, messages released, leases extended, with times. */
    public static final byte SETTLEMENT = 3;
    /**
     * Messages were leased: flags (1), log (8), from shard time (8), for milliseconds, first token (8), priorities,
     * groups, runs.
     */
    public static final byte LEASE = 4;
    /** A log goes on at this offset: log (8), next offset (8). Not written any more. */
    public static final byte LOG_STATE = 5;
    /** A log is gone: log (8). */
    public static final byte DROP = 6;

    /**
     * What the entries of a transaction that stand before it, and it, do to this shard, takes effect: token (8),
     * participants, changes. A token that is not 0 decides the transaction for other shards too, which are named.
     */
    public static final byte COMMIT = 7;
    /** The same waits for what another shard decides: coordinator, token (8), changes. */
    public static final byte PREPARE = 8;
    /** What was prepared takes effect, or does not: coordinator, token (8), which (1). */
    public static final byte OUTCOME = 9;
    /** All shards have on record what was decided here: token (8). */
    public static final byte FORGET = 10;

    /** Messages are not delivered any more, and wait to be moved: log (8), texts, then of each reason runs. */
    public static final byte DEATH = 11;

    /** A log has the messages of another, and begins with one: log (8), source (8), offset (8), flags (1). */
    public static final byte SUBSCRIPTION = 12;

    /** Messages of several logs: an envelope, which names the first, its body, then of each log id and offset. */
    public static final byte SHARED = EntryRecord.SHARED_KIND;

    /** The last kind that there is. */
    public static final byte LAST_KIND = SHARED;

    /** Flag of {@link #LEASE}: the lease outlives a restart of the broker. */
    public static final int LEASE_DURABLE = 1;

    /** Flag of {@link #SUBSCRIPTION}: its messages are looked at before they are delivered. */
    public static final int SUBSCRIPTION_SIFTED = 1;

    private RecordFormat() {}

    /** Writes a number of variable length. */
    public static void putUnsigned(ByteBuf target, long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            target.writeByte((int) (rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        target.writeByte((int) rest);
    }

    /** Reads what {@link #putUnsigned} wrote. */
    public static long getUnsigned(ByteBuf source) {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            byte next = source.readByte();
            value |= (next & 0x7fL) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new IllegalStateException("a number has more than ten bytes");
    }

    static void putSigned(ByteBuf target, long value) {
        putUnsigned(target, (value << 1) ^ (value >> 63));
    }

    static long getSigned(ByteBuf source) {
        long coded = getUnsigned(source);
        return (coded >>> 1) ^ -(coded & 1);
    }
}
