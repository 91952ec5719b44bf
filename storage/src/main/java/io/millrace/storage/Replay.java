package io.millrace.storage;

import io.netty.buffer.ByteBuf;

/** Receives the records of one shard at start-up, in order, before the shard's log accepts anything. */
public interface Replay {
    /** One whole record; {@code record} is valid during the call only. */
    void onRecord(long position, ByteBuf record);

    /**
     * The records from {@code from} up to {@code to} are damaged and were quarantined; {@code reason} names the place.
     */
    void onLost(long from, long to, String reason);
}
