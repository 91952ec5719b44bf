package io.millrace.api.http;

/**
 * Bounds on what clients of the HTTP door can take.
 *
 * @param connectionsMax connections at a time; further ones are closed at once
 * @param requestBytesMax the largest body of a request
 * @param requestBytesTotal bodies of requests that arrive or are worked on, over all connections, in bytes
 * @param answerBytesTotal answers with messages that are not sent yet, over all connections, in bytes
 * @param headerBytesMax the header of a request
 * @param urlBytesMax the URL of a request
 * @param receiveMessagesMax messages that one receive or peek may ask for
 * @param receiveBytesMax message bytes after which a receive or a peek ends; one message may be larger
 * @param waitMillisMax how long a receive may wait
 * @param leaseMillisMax how long a lease, an extension or the delay of a release may be
 * @param requestTimeoutMillis how long a request may take to arrive and be answered, waits apart
 * @param idleTimeoutMillis how long a connection may be without a request
 * @param metricsQueuesMax queues that have metrics of their own; the others are added up
 */
public record HttpLimits(
        int connectionsMax,
        int requestBytesMax,
        long requestBytesTotal,
        long answerBytesTotal,
        int headerBytesMax,
        int urlBytesMax,
        int receiveMessagesMax,
        int receiveBytesMax,
        long waitMillisMax,
        long leaseMillisMax,
        long requestTimeoutMillis,
        long idleTimeoutMillis,
        int metricsQueuesMax) {
    /** What the door uses unless it is told otherwise. */
    public static final HttpLimits DEFAULT = new HttpLimits(
            10_000,
            24 << 20,
            256L << 20,
            256L << 20,
            16 << 10,
            8 << 10,
            1_000,
            8 << 20,
            60_000,
            12 * 60 * 60 * 1_000L,
            60_000,
            120_000,
            1_000);

    /** The same with other bounds on bodies. */
    public HttpLimits withRequestBytes(int newRequestBytesMax, long newRequestBytesTotal) {
        return new HttpLimits(
                connectionsMax,
                newRequestBytesMax,
                newRequestBytesTotal,
                answerBytesTotal,
                headerBytesMax,
                urlBytesMax,
                receiveMessagesMax,
                receiveBytesMax,
                waitMillisMax,
                leaseMillisMax,
                requestTimeoutMillis,
                idleTimeoutMillis,
                metricsQueuesMax);
    }

    /** The same with other bounds on answers with messages. */
    public HttpLimits withAnswers(int newReceiveMessagesMax, int newReceiveBytesMax, long newAnswerBytesTotal) {
        return new HttpLimits(
                connectionsMax,
                requestBytesMax,
                requestBytesTotal,
                newAnswerBytesTotal,
                headerBytesMax,
                urlBytesMax,
                newReceiveMessagesMax,
                newReceiveBytesMax,
                waitMillisMax,
                leaseMillisMax,
                requestTimeoutMillis,
                idleTimeoutMillis,
                metricsQueuesMax);
    }

    /** The same with other bounds on time. */
    public HttpLimits withTimes(
            long newWaitMillisMax, long newLeaseMillisMax, long newRequestTimeoutMillis, long newIdleTimeoutMillis) {
        return new HttpLimits(
                connectionsMax,
                requestBytesMax,
                requestBytesTotal,
                answerBytesTotal,
                headerBytesMax,
                urlBytesMax,
                receiveMessagesMax,
                receiveBytesMax,
                newWaitMillisMax,
                newLeaseMillisMax,
                newRequestTimeoutMillis,
                newIdleTimeoutMillis,
                metricsQueuesMax);
    }

    /** The same with other numbers of connections and of queues with metrics. */
    public HttpLimits withCounts(int newConnectionsMax, int newMetricsQueuesMax) {
        return new HttpLimits(
                newConnectionsMax,
                requestBytesMax,
                requestBytesTotal,
                answerBytesTotal,
                headerBytesMax,
                urlBytesMax,
                receiveMessagesMax,
                receiveBytesMax,
                waitMillisMax,
                leaseMillisMax,
                requestTimeoutMillis,
                idleTimeoutMillis,
                newMetricsQueuesMax);
    }
}
