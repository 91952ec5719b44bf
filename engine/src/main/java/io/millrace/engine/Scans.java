package io.millrace.engine;

import io.millrace.engine.queue.Queue;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The scans of a shard: those that somebody waits for, and of the others those that were of use last, {@value
 * #IDLE_PER_QUEUE_MAX} of a queue and {@value #IDLE_MAX} in all. One that is forgotten begins at the front again. The
 * loop's.
 */
final class Scans {
    static final int IDLE_PER_QUEUE_MAX = 16;
    private static final int IDLE_MAX = 1_024;

    private final IdentityHashMap<Queue, OfQueue> byQueue = new IdentityHashMap<>();
    /** Those that nobody waits for; whichever was of use last is last. */
    private final Set<Scan> idle = new LinkedHashSet<>();

    private int awaited;

    private static final class OfQueue {
        final Map<MessageFilter, Scan> all = new HashMap<>(4);
        final Set<Scan> idle = new LinkedHashSet<>(4);
        int waiters;
    }

    /** The scan of {@code filter}, which is begun if there is none. */
    Scan of(Queue queue, MessageFilter filter) {
        OfQueue scans = byQueue.computeIfAbsent(queue, any -> new OfQueue());
        Scan scan = scans.all.get(filter);
        if (scan == null) {
            scan = new Scan(queue, filter);
            scans.all.put(filter, scan);
        }
        if (scan.waiters == 0) {
            keepIdle(scans, scan);
        }
        return scan;
    }

    private void keepIdle(OfQueue scans, Scan scan) {
        scans.idle.remove(scan);
        idle.remove(scan);
        scans.idle.add(scan);
        idle.add(scan);
        if (scans.idle.size() > IDLE_PER_QUEUE_MAX) {
            end(scans.idle.iterator().next());
        } else if (idle.size() > IDLE_MAX) {
            end(idle.iterator().next());
        }
    }

    private void end(Scan scan) {
        OfQueue scans = byQueue.get(scan.queue);
        if (scans != null) {
            scans.all.remove(scan.filter);
            scans.idle.remove(scan);
        }
        idle.remove(scan);
        scan.end();
    }

    /** Another receive waits for {@code scan}. */
    void join(Scan scan) {
        OfQueue scans = ofQueue(scan.queue);
        if (scans != null) {
            scans.waiters++;
            scans.idle.remove(scan);
        }
        idle.remove(scan);
        awaited += scan.waiters++ == 0 ? 1 : 0;
    }

    /** A receive does not wait for {@code scan} any more. */
    void leave(Scan scan) {
        OfQueue scans = ofQueue(scan.queue);
        boolean isLast = --scan.waiters == 0;
        awaited -= isLast ? 1 : 0;
        if (scans != null) {
            scans.waiters--;
            if (isLast) {
                keepIdle(scans, scan);
            }
        }
    }

    /** How many receives wait for scans of {@code queue}. */
    int waiters(Queue queue) {
        OfQueue scans = ofQueue(queue);
        return scans == null ? 0 : scans.waiters;
    }

    private @Nullable OfQueue ofQueue(Queue queue) {
        return byQueue.isEmpty() ? null : byQueue.get(queue);
    }

    /** How many scans somebody waits for. */
    int awaited() {
        return awaited;
    }

    /** Ends those of {@code queue}, for which nobody waits. */
    void forget(Queue queue) {
        OfQueue scans = byQueue.remove(queue);
        if (scans != null) {
            scans.all.values().forEach(Scan::end);
            idle.removeAll(scans.idle);
        }
    }
}
