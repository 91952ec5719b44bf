package io.millrace.broker;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Receives from several queues at once. Any thread. */
final class BrokerReceives {
    /** Queues that receives from several may wait in, all together: some 50 MB of memory. */
    static final int WAITS_MAX = 100_000;

    /** The golden ratio as a fraction of 2^64: multiples of it fall everywhere, in turn. */
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private final AtomicLong turns = new AtomicLong();
    private final AtomicInteger waits = new AtomicInteger();
    private final Set<JoinedReceive> waiting = ConcurrentHashMap.newKeySet();

    /** Which of {@code count} queues is the first to be looked at: each as often as every other. */
    int turn(int count) {
        return (int) (((turns.getAndIncrement() * GOLDEN) >>> 33) % count);
    }

    /** Queues have been added to what some receive from: those that wait do so there, too. */
    void onQueuesAdded() {
        waiting.forEach(JoinedReceive::review);
    }

    /** Whether {@code receive} may wait in {@code queues} queues. */
    boolean mayWait(JoinedReceive receive, int queues) {
        if (waits.addAndGet(queues) > WAITS_MAX) {
            waits.addAndGet(-queues);
            return false;
        }
        waiting.add(receive);
        return true;
    }

    /** {@code receive} waits in {@code queues} queues more, or in as many fewer where that is negative. */
    void onWaits(int queues) {
        waits.addAndGet(queues);
    }

    /** {@code receive}, which was waiting in {@code queues} queues, does not wait any more. */
    void endWait(JoinedReceive receive, int queues) {
        waiting.remove(receive);
        waits.addAndGet(-queues);
    }

    /** How many queues are waited in by receives from several. */
    int waits() {
        return waits.get();
    }
}
