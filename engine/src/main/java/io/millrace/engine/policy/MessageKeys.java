package io.millrace.engine.policy;

import io.netty.buffer.ByteBuf;

/**
 * Finds the keys of messages in stored bodies. Stateless: called by any thread, by several at a time. What it throws
 * says that the body cannot be understood: then its messages count as having no key.
 */
public interface MessageKeys {
    /**
     * Tells {@code visitor} of each message in {@code body}, which is of {@code format} ({@link
     * io.millrace.storage.BodyFormat}), that has a key. The body is valid during the call.
     */
    void read(int format, ByteBuf body, Visitor visitor);

    /** Told of keys. */
    interface Visitor {
        /**
         * Message {@code index} of the body, from 0, has a key with this hash, or says that there is no value for it
         * any more. Two keys with one hash count as the same: it is 128 bits of a function for which nobody can find
         * such.
         */
        void onKey(int index, long hashHigh, long hashLow, boolean isTombstone);
    }
}
