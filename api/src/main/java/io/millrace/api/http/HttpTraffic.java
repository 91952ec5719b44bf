package io.millrace.api.http;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * What goes through the door: the requests under way, those that were answered, the memory that they take, and the end
 * of it all. Any thread.
 */
public final class HttpTraffic {
    /** Stands for the route where a request has none. */
    static final String NO_ROUTE = "none";

    /** Stands for the status where a client went away without an answer. */
    static final int NO_STATUS = 0;

    private final ByteBudget requestBytes;
    private final ByteBudget answerBytes;
    private final AtomicInteger underWay = new AtomicInteger();
    private final AtomicInteger connections = new AtomicInteger();
    private final Map<Answered, LongAdder> answered = new ConcurrentHashMap<>();
    private final Set<Runnable> waits = ConcurrentHashMap.newKeySet();
    private final CompletableFuture<Void> idle = new CompletableFuture<>();
    private volatile boolean closing;

    /** Traffic within {@code limits}. */
    public HttpTraffic(HttpLimits limits) {
        requestBytes = new ByteBudget(limits.requests().bodyBytesTotal());
        answerBytes = new ByteBudget(limits.answers().bytesTotal());
    }

    /**
     * A kind of request that was answered.
     *
     * @param route the name of the route, {@value HttpTraffic#NO_ROUTE} where there was none
     * @param status the status, {@value HttpTraffic#NO_STATUS} where the client went away before there was an answer
     */
    public record Answered(String route, int status) implements Comparable<Answered> {
        @Override
        public int compareTo(Answered other) {
            int byRoute = route.compareTo(other.route);
            return byRoute != 0 ? byRoute : Integer.compare(status, other.status);
        }
    }

    /** Bodies of requests that arrive or are worked on. */
    public ByteBudget requestBytes() {
        return requestBytes;
    }

    /** Answers with messages that are not sent yet. */
    public ByteBudget answerBytes() {
        return answerBytes;
    }

    /** The requests under way. */
    public int underWay() {
        return underWay.get();
    }

    /** The connections that are open. */
    public int connections() {
        return connections.get();
    }

    /** How many requests were answered how. */
    public Map<Answered, Long> answered() {
        Map<Answered, Long> counts = new TreeMap<>();
        answered.forEach((kind, count) -> counts.put(kind, count.sum()));
        return counts;
    }

    /** Whether the door closes. */
    public boolean isClosing() {
        return closing;
    }

    /** A connection was opened. */
    public void connected() {
        connections.incrementAndGet();
    }

    /** A connection was closed. */
    public void disconnected() {
        connections.decrementAndGet();
    }

    void begin() {
        underWay.incrementAndGet();
    }

    void end(String route, int status) {
        count(route, status);
        if (underWay.decrementAndGet() == 0 && closing) {
            idle.complete(null);
        }
    }

    void count(String route, int status) {
        answered.computeIfAbsent(new Answered(route, status), kind -> new LongAdder())
                .increment();
    }

    /** Has {@code end} run when the door closes, unless {@link #forget} comes first; at once where it does already. */
    void onClosing(Runnable end) {
        waits.add(end);
        if (closing) {
            end.run();
        }
    }

    void forget(Runnable end) {
        waits.remove(end);
    }

    /** Refuses new requests and ends those that only wait. Completes when nothing is under way. */
    public CompletableFuture<Void> beginClose() {
        closing = true;
        waits.forEach(Runnable::run);
        if (underWay.get() == 0) {
            idle.complete(null);
        }
        return idle;
    }
}
