package io.millrace.engine.subscription;

/** Reads of which group messages of a queue are, where nobody knows it. The loop's. */
public interface GroupReader {
    /** Tells {@code reader} in another turn; never where the queue is dropped or the shard closed before. */
    void read(long offset, Reader reader);

    /** Who wants to know it. */
    interface Reader {
        /** It is of this group; or the message is gone, and both are 0. */
        void onGroup(long offset, long high, long low);
    }
}
