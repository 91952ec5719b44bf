package io.millrace.storage;

import io.netty.buffer.ByteBuf;

/**
 * Says which records of a read may come as a head in memory and a {@link StoredRegion} with the rest. A wish: where
 * storage has no region for a record it gives all of it in memory. Called on threads of storage; touches nothing of the
 * shard's.
 */
public interface RegionChoice {
    /** The answer for a record that is to come in memory. */
    int WHOLE = -1;

    /** The least bytes of a record that is asked about. */
    int recordBytesMin();

    /** How many bytes from the front of a record are needed to decide; it may have fewer. */
    int headBytes();

    /**
     * Where the region may begin in the record of {@code recordBytes} bytes that begins with {@code head}, within the
     * head or right behind it; or {@link #WHOLE}. It ends where the record does.
     */
    int regionFrom(ByteBuf head, int recordBytes);
}
