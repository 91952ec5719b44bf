package io.millrace.storage;

import io.netty.buffer.ByteBuf;
import java.io.IOException;

/** Receives what is stored of one shard at start-up, before the shard's log accepts anything: its manifest, then the
 * records of its log, in order. */
public interface Replay {
    /**
     * The manifest of the newest {@link Checkpoint}; not called where there is none. Before any record; {@code
     * segments} may be used during the call.
     */
    void onManifest(byte[] manifest, SegmentStore segments) throws IOException;

    /** One whole record; {@code record} is valid during the call only. */
    void onRecord(long position, ByteBuf record);

    /**
     * The records from {@code from} up to {@code to} are damaged and were quarantined; {@code reason} names the place.
     */
    void onLost(long from, long to, String reason);
}
