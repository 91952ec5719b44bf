package io.millrace.api.http;

/**
 * Bounds on what clients of the HTTP door can take.
 *
 * @param connectionsMax connections at a time; further ones are closed at once
 * @param metricsQueuesMax queues that have metrics of their own; the others are added up
 * @param requests bounds on requests
 * @param answers bounds on answers with messages
 * @param times bounds on time
 */
public record HttpLimits(int connectionsMax, int metricsQueuesMax, Requests requests, Answers answers, Times times) {
    /** What the door uses unless it is told otherwise. */
    public static final HttpLimits DEFAULT = new HttpLimits(
            10_000,
            1_000,
            new Requests(24 << 20, 256L << 20, 16 << 10, 8 << 10),
            new Answers(1_000, 8 << 20, 256L << 20),
            new Times(60_000, 12 * 60 * 60 * 1_000L, 60_000, 120_000));

    /**
     * Bounds on requests, in bytes.
     *
     * @param bodyBytesMax the largest body
     * @param bodyBytesTotal bodies that arrive or are worked on, over all connections
     * @param headerBytesMax the header
     * @param urlBytesMax the URL
     */
    public record Requests(int bodyBytesMax, long bodyBytesTotal, int headerBytesMax, int urlBytesMax) {}

    /**
     * Bounds on answers with messages.
     *
     * @param messagesMax messages that one receive or peek may ask for
     * @param bytesMax message bytes after which a receive or a peek ends; one message may be larger
     * @param bytesTotal answers that are not sent yet, over all connections, in bytes
     */
    public record Answers(int messagesMax, int bytesMax, long bytesTotal) {}

    /**
     * Bounds on time, in milliseconds.
     *
     * @param waitMillisMax how long a receive may wait
     * @param leaseMillisMax how long a lease, an extension or the delay of a release may be
     * @param requestMillisMax how long a request may take to arrive and be answered, waits apart
     * @param idleMillisMax how long a connection may be without a request
     */
    public record Times(long waitMillisMax, long leaseMillisMax, long requestMillisMax, long idleMillisMax) {}

    /** The same with other bounds on bodies. */
    public HttpLimits withRequestBytes(int bodyBytesMax, long bodyBytesTotal) {
        Requests changed = new Requests(bodyBytesMax, bodyBytesTotal, requests.headerBytesMax, requests.urlBytesMax);
        return new HttpLimits(connectionsMax, metricsQueuesMax, changed, answers, times);
    }

    /** The same with other bounds on answers. */
    public HttpLimits with(Answers newAnswers) {
        return new HttpLimits(connectionsMax, metricsQueuesMax, requests, newAnswers, times);
    }

    /** The same with other bounds on time. */
    public HttpLimits with(Times newTimes) {
        return new HttpLimits(connectionsMax, metricsQueuesMax, requests, answers, newTimes);
    }

    /** The same with other numbers of connections and of queues with metrics. */
    public HttpLimits withCounts(int newConnectionsMax, int newMetricsQueuesMax) {
        return new HttpLimits(newConnectionsMax, newMetricsQueuesMax, requests, answers, times);
    }
}
