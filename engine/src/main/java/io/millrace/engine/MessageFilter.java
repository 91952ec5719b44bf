package io.millrace.engine;

import io.netty.buffer.ByteBuf;

/**
 * Says which messages somebody wants. The engine does not know what bodies say: a door, or the broker, does. Asked on
 * the loop of a shard, for each message once until it comes back; allocates nothing that can be avoided and waits for
 * nothing. Where it throws, a receive does not get the message, and a subscription sets it aside as damaged; the host
 * hears of it.
 *
 * <p>Filters that are {@linkplain Object#equals equal} want the same messages of a queue: what was found out for one of
 * them holds for the others.
 */
public interface MessageFilter {
    /**
     * Whether a message is wanted.
     *
     * @param entry what it is stored in, from the envelope on; not retained, and valid during the call
     * @param indexInEntry which message of the entry it is, from 0
     * @param deliveryCount how often it was delivered so far
     */
    boolean matches(ByteBuf entry, int indexInEntry, int deliveryCount);

    /**
     * How many bytes it has read so far, for whoever bounds what it costs; those that it reads of every message do not
     * count.
     */
    default long bytesRead() {
        return 0;
    }

    /** One that wants the same, for another loop to ask; itself where it keeps nothing between two questions. */
    default MessageFilter forOtherLoop() {
        return this;
    }
}
