package io.millrace.engine.context;

import io.millrace.base.Clock;
import io.millrace.base.Loop;
import io.millrace.engine.lease.LeaseTable;
import io.millrace.engine.policy.EngineLimits;
import io.millrace.engine.time.ShardTime;

/** What the parts of a shard share: where and when they run, and who is told what goes wrong. The loop's. */
public interface ShardContext {
    /** The number of the shard. */
    int id();

    /** The clock of the machine; {@link #time} is the shard's. */
    Clock clock();

    /** The loop that everything of the shard runs on. */
    Loop loop();

    /** The bounds of what is kept in memory, and of what is done in one go. */
    EngineLimits limits();

    /** The shard's own time. */
    ShardTime time();

    /** All that has a deadline. */
    LeaseTable leases();

    /** Whether the shard is closed or has failed: nothing is begun any more, and what is under way is given up. */
    boolean isRefusing();

    /** Sees to it that the turn is ended: that records are sent off, and the timer is set. */
    void touch();

    /** Runs {@code then} once everything appended so far is on stable storage; never where it is lost. */
    void whenSynced(Runnable then);

    /** The message at {@code offset} of log {@code logId} cannot be read. */
    void onDamage(long logId, long offset, Exception failure);

    /** Records of an index are lost: {@code what} says which. */
    void onIndexDamage(String what);

    /** Something could not be written, or read to be written anew; it is tried again. */
    void onCheckpointFailed(Exception reason);
}
