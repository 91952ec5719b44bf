package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;

/**
 * What the clients of one shard know about its log. Records are synced in the order in which they were appended: so
 * what was asked for before something that was confirmed is on stable storage too. Each request has a stamp that says
 * when.
 */
final class ShardLedger {
    /** The stamp of what is on stable storage from the beginning of a life on. */
    static final long SETTLED = 0;

    private final int shard;
    private final Set<Long> tokens = new HashSet<>();
    private long issued;
    private long synced;
    private long highestToken;
    private long highestTokenOfEarlierLives;
    private boolean failed;

    ShardLedger(int shard) {
        this.shard = shard;
    }

    /** A stamp for what is asked for, or seen, now. */
    long stamp() {
        return ++issued;
    }

    /** The shard has confirmed what has this stamp, which was asked for in this life. */
    void confirmed(long stamp) {
        assertThat(failed)
                .as("shard %d confirms after its storage has failed", shard)
                .isFalse();
        synced = Math.max(synced, stamp);
    }

    /** Whether what has this stamp is known to be on stable storage. */
    boolean isSynced(long stamp) {
        return stamp <= synced;
    }

    /** A lease has this token: never seen before, and above all of earlier lives. */
    void token(long token) {
        assertThat(tokens.add(token))
                .as("token %d of shard %d is new", token, shard)
                .isTrue();
        assertThat(token).as("token after a restart").isGreaterThan(highestTokenOfEarlierLives);
        highestToken = Math.max(highestToken, token);
    }

    void failed() {
        failed = true;
    }

    boolean hasFailed() {
        return failed;
    }

    /** A new life begins; what is there then is on stable storage. */
    void restarted() {
        issued = 0;
        synced = 0;
        failed = false;
        highestTokenOfEarlierLives = highestToken;
    }
}
