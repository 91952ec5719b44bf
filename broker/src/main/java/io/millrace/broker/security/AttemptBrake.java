package io.millrace.broker.security;

import io.millrace.base.Clock;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Slows down guessing: counts failures for each pair of user name and address (of IPv6 the first 64 bits, which one
 * subscriber has to himself). After {@value #FREE_FAILURES} failures the pair is held back for one second, then for
 * twice as long after each further one, up to {@value #HELD_SECONDS_MAX} s; a success, or {@value #FORGET_SECONDS} s
 * without a failure, clears it. While it is held back nothing is checked, so that nothing is learned.
 *
 * <p>A wrong password that is tried again teaches nobody anything: it is refused at once and not counted, so that one
 * worker with an outdated password does not lock out its neighbours on the same machine. The last
 * {@value #REMEMBERED_WRONG} are remembered, as keyed hashes.
 *
 * <p>Any thread. Holds at most {@value #PAIRS_MAX} pairs, a few megabytes at worst; the one that failed longest ago
 * makes room. To be forgotten that way, a guesser has to fail {@value #PAIRS_MAX} times under other names.
 */
final class AttemptBrake {
    static final int FREE_FAILURES = 4;
    static final int HELD_SECONDS_MAX = 30;
    static final int FORGET_SECONDS = 900;
    static final int PAIRS_MAX = 10_000;
    static final int REMEMBERED_WRONG = 4;

    private final Clock clock;
    private final Map<String, Failures> failuresByPair = new LinkedHashMap<>();
    /** The map's size, to be read without the lock: usually nobody has failed and there is nothing to look up. */
    private volatile int pairs;

    AttemptBrake(Clock clock) {
        this.clock = clock;
    }

    /** How many nanoseconds attempts are still held back; 0 if one may be made now. */
    long heldNanos(String userName, InetAddress peer) {
        if (pairs == 0) {
            return 0;
        }
        synchronized (failuresByPair) {
            Failures failures = failuresByPair.get(pair(userName, peer));
            return failures == null ? 0 : Math.max(0, failures.heldUntilNanos - clock.nanoTime());
        }
    }

    /** Whether {@code fingerprint} is one of the pair's last wrong ones. */
    boolean isKnownWrong(String userName, InetAddress peer, byte[] fingerprint) {
        if (pairs == 0) {
            return false;
        }
        synchronized (failuresByPair) {
            Failures failures = failuresByPair.get(pair(userName, peer));
            return failures != null && !failures.isForgotten(clock.nanoTime()) && failures.remembers(fingerprint);
        }
    }

    /** Counts a failure; {@code fingerprint} is null where what was tried cannot be recognised again. */
    void failed(String userName, InetAddress peer, byte @Nullable [] fingerprint) {
        String pair = pair(userName, peer);
        long nowNanos = clock.nanoTime();
        synchronized (failuresByPair) {
            Failures failures = failuresByPair.remove(pair);
            if (failures == null || failures.isForgotten(nowNanos)) {
                failures = new Failures();
            }
            failures.add(nowNanos, fingerprint);
            dropOldest(nowNanos);
            failuresByPair.put(pair, failures);
            pairs = failuresByPair.size();
        }
    }

    /** Forgets the pair's failures. */
    void succeeded(String userName, InetAddress peer) {
        if (pairs > 0) {
            synchronized (failuresByPair) {
                failuresByPair.remove(pair(userName, peer));
                pairs = failuresByPair.size();
            }
        }
    }

    int pairs() {
        return pairs;
    }

    /** The map is in the order of last failures: what is forgotten, or has to make room, is at its beginning. */
    private void dropOldest(long nowNanos) {
        Iterator<Failures> oldest = failuresByPair.values().iterator();
        while (oldest.hasNext()) {
            boolean full = failuresByPair.size() >= PAIRS_MAX;
            if (!oldest.next().isForgotten(nowNanos) && !full) {
                return;
            }
            oldest.remove();
        }
    }

    private static String pair(String userName, InetAddress peer) {
        byte[] address = peer.getAddress();
        byte[] counted = peer instanceof Inet6Address ? Arrays.copyOf(address, Long.BYTES) : address;
        // A string, because its order keeps a map fast whose keys a stranger chooses; names have no line breaks.
        return userName + '\n' + HexFormat.of().formatHex(counted);
    }

    private static final class Failures {
        private final Deque<byte[]> wrong = new ArrayDeque<>(REMEMBERED_WRONG);
        private int count;
        private long heldUntilNanos;
        private long lastNanos;

        void add(long nowNanos, byte @Nullable [] fingerprint) {
            if (fingerprint != null) {
                if (wrong.size() == REMEMBERED_WRONG) {
                    wrong.removeFirst();
                }
                wrong.addLast(fingerprint);
            }
            count++;
            lastNanos = nowNanos;
            int doublings = Math.min(count - FREE_FAILURES - 1, Integer.SIZE - 2);
            long heldSeconds = doublings < 0 ? 0 : Math.min(1L << doublings, HELD_SECONDS_MAX);
            heldUntilNanos = nowNanos + TimeUnit.SECONDS.toNanos(heldSeconds);
        }

        boolean isForgotten(long nowNanos) {
            return nowNanos - lastNanos >= TimeUnit.SECONDS.toNanos(FORGET_SECONDS);
        }

        boolean remembers(byte[] fingerprint) {
            return wrong.stream().anyMatch(known -> Arrays.equals(known, fingerprint));
        }
    }
}
