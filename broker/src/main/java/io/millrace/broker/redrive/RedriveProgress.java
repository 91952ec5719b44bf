package io.millrace.broker.redrive;

/**
 * How far a redrive is. Immutable; any thread.
 *
 * @param state whether it is under way, and how it has ended
 * @param total how many messages were in its queue when it began, without those that consumers held
 * @param moved how many it has moved
 * @param passedOver how many it has found and left: a consumer holds them, or there is no queue that they could go to
 * @param failed how many cannot be read
 * @param endedMillis when it has ended, epoch milliseconds; 0 while it has not
 * @param error why it has failed, or what it waits for just now; empty where it is neither
 */
public record RedriveProgress(
        State state, long total, long moved, long passedOver, long failed, long endedMillis, String error) {
    static final RedriveProgress NONE = new RedriveProgress(State.RUNNING, 0, 0, 0, 0, 0, "");

    /** Whether it is under way, and how it has ended. */
    public enum State {
        RUNNING,
        /** It has seen everything that was in its queue when it began. */
        DONE,
        /** It could not go on. What it has moved stays moved. */
        FAILED,
        /** Somebody has cancelled it, or the broker has ended. What it has moved stays moved. */
        CANCELLED
    }

    /** Whether it is under way. */
    public boolean isRunning() {
        return state == State.RUNNING;
    }

    RedriveProgress of(long messages) {
        return new RedriveProgress(state, messages, moved, passedOver, failed, endedMillis, error);
    }

    RedriveProgress and(RedriveBatch batch) {
        return new RedriveProgress(
                state,
                total,
                moved + batch.size(),
                passedOver + batch.passedOver(),
                failed + batch.failed(),
                endedMillis,
                "");
    }

    RedriveProgress waiting(String reason) {
        return new RedriveProgress(state, total, moved, passedOver, failed, endedMillis, reason);
    }

    RedriveProgress ended(State end, long nowMillis, String reason) {
        return new RedriveProgress(end, total, moved, passedOver, failed, nowMillis, reason);
    }
}
