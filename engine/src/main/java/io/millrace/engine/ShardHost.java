package io.millrace.engine;

import io.millrace.engine.policy.ConsumerPolicy;
import io.millrace.engine.policy.DeadLetterPolicy;
import io.millrace.engine.policy.Durability;
import io.millrace.engine.policy.KeepPolicy;
import io.millrace.engine.policy.LengthPolicy;
import io.millrace.engine.policy.MessageKeys;
import io.millrace.engine.policy.RetryPolicy;
import io.millrace.storage.index.IndexMemory;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** What a shard needs of those around it. Called on the shard's loop, during replay on the opening thread. */
public interface ShardHost {
    /** Whether {@code logId} is defined as a log of {@code shard}; asked at the first use of one that is not open. */
    boolean isDefined(Shard shard, long logId);

    /** What keeps the messages of {@code logId}; asked now and then. */
    default KeepPolicy keepPolicy(Shard shard, long logId) {
        return KeepPolicy.UNTIL_SETTLED;
    }

    /** When messages of {@code logId} come again whose consumers do not say; asked when one comes back. */
    default RetryPolicy retryPolicy(Shard shard, long logId) {
        return RetryPolicy.AT_ONCE;
    }

    /**
     * Who gets the messages of {@code logId}; asked when it is opened, and when its host says that this has changed
     * ({@link Shard#settingsChanged}).
     */
    default ConsumerPolicy consumerPolicy(Shard shard, long logId) {
        return ConsumerPolicy.ALL;
    }

    /**
     * What finds the keys of messages for the subscription {@code logId}, which delivers those with one key in order,
     * one at a time; null where it does not ask for keys. Asked when it is made, and when messages are looked at.
     */
    default @Nullable MessageKeys keys(Shard shard, long logId) {
        return null;
    }

    /**
     * Which messages the subscription {@code logId} wants, all others being settled for it before anybody sees them;
     * null where it wants all. Asked when it is made, and when messages are looked at: always by {@linkplain
     * MessageFilter#matches a count of 0 deliveries}. It must want the same messages as long as the subscription is
     * there, for what was found out is not stored, and messages are looked at again after a restart.
     */
    default @Nullable MessageFilter filter(Shard shard, long logId) {
        return null;
    }

    /**
     * How long the queue of {@code logId} may get; asked when it is opened, and when its host says that this has
     * changed ({@link Shard#settingsChanged}).
     */
    default LengthPolicy lengthPolicy(Shard shard, long logId) {
        return LengthPolicy.NONE;
    }

    /**
     * What publishes to {@code logId} and settlements of its messages wait for; asked when it is opened, and when its
     * host says that this has changed ({@link Shard#settingsChanged}).
     */
    default Durability durability(Shard shard, long logId) {
        return Durability.SYNCED;
    }

    /** What becomes of messages of {@code logId} that it does not deliver any more; asked when one comes back. */
    default DeadLetterPolicy deadLetters(Shard shard, long logId) {
        return DeadLetterPolicy.NONE;
    }

    /** Messages are to be moved to where the dead letters of their queue go; answered by {@link DeadLetters#moved}. */
    default void onDead(Shard shard, DeadLetters messages) {
        messages.notMoved();
    }

    /** The memory for what a shard reads of the index of sealed segments; a host gives all of its shards the same. */
    default IndexMemory indexMemory() {
        return IndexMemory.ofHeap();
    }

    /** A stored entry is damaged; its messages are not delivered. */
    void onDamage(Shard shard, long logId, long offset, Exception failure);

    /**
     * An index of the shard is damaged: {@code what} says where and how. No message is lost, but when it is due, which
     * one is next and whether one was published before may not be known any more.
     */
    void onIndexDamage(Shard shard, String what);

    /**
     * The state of the shard could not be written, for {@code reason}; it is tried again a second later, and storage
     * keeps what it would like to have back until then.
     */
    void onCheckpointFailed(Shard shard, Exception reason);

    /** A callback of a command has thrown {@code fault}, which is the door's; nobody else is affected. */
    void onFault(Shard shard, Throwable fault);

    /** The log of the shard has failed. */
    void onFailed(Shard shard, Exception cause);

    /** Replay has found a definition; {@code body} is valid during the call only. */
    void onDefinition(Shard shard, long offset, ByteBuf body);

    /** Replay has found that definitions were superseded. */
    void onDefinitionsSettled(Shard shard, long firstOffset, long count);
}
