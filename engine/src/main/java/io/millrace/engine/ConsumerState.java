package io.millrace.engine;

/**
 * A consumer that is attached to a queue, at one moment.
 *
 * @param number what it is known by in its queue; no two ever have the same, over restarts too
 * @param terms what it has asked for
 * @param attachedMillis when that was, a date
 * @param isActive whether it may get messages now; where one has the queue for itself the others may not
 * @param leased how many messages it holds
 * @param waiting how many of its receives wait
 */
public record ConsumerState(
        long number, ConsumerTerms terms, long attachedMillis, boolean isActive, int leased, int waiting) {
    /** The same consumer in this queue and in that of {@code other}: active if it is so in one of them. */
    public ConsumerState with(ConsumerState other) {
        return new ConsumerState(
                number,
                terms,
                Math.min(attachedMillis, other.attachedMillis),
                isActive || other.isActive,
                leased + other.leased,
                Math.max(waiting, other.waiting));
    }
}
