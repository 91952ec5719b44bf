package io.millrace.engine;

import io.millrace.engine.policy.ConsumerPolicy;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who is attached to one queue, and which of them has it for itself: an exclusive consumer, or where the queue has a
 * single active one, that. It stays so until it is detached; then it is the turn of the one with the highest priority,
 * of several the one that is attached for longest. The loop's.
 */
final class QueueConsumers {
    private final Map<Long, QueueConsumer> attached = new LinkedHashMap<>();
    private ConsumerPolicy policy = ConsumerPolicy.ALL;
    private @Nullable QueueConsumer sole;

    boolean isPaused;
    /** The slot of the alarm that ends a pause; -1 where there is none. */
    int resumeSlot = -1;

    ConsumerPolicy policy() {
        return policy;
    }

    /** What the queue says has changed; {@link #choose} follows. */
    void setPolicy(ConsumerPolicy newPolicy) {
        policy = newPolicy;
    }

    /** In the order in which they came. */
    Collection<QueueConsumer> attached() {
        return attached.values();
    }

    @Nullable
    QueueConsumer byNumber(long number) {
        return attached.get(number);
    }

    /** Why a consumer cannot be attached that is to be exclusive, or not; null where it can. */
    @Nullable
    Refusal refusal(boolean isExclusive) {
        if (hasExclusive() || (isExclusive && !attached.isEmpty())) {
            return Refusal.QUEUE_IN_USE;
        }
        return attached.size() < Consumers.PER_QUEUE_MAX ? null : Refusal.TOO_MANY_CONSUMERS;
    }

    /** Why nobody gets messages who is not attached; null where they do. */
    @Nullable
    Refusal refusalOfOthers() {
        if (policy.isSingleActive()) {
            return Refusal.CONSUMER_REQUIRED;
        }
        return hasExclusive() ? Refusal.QUEUE_IN_USE : null;
    }

    /** {@link #choose} follows. */
    void add(QueueConsumer consumer) {
        attached.put(consumer.number, consumer);
    }

    /** {@link #choose} follows. */
    void remove(QueueConsumer consumer) {
        attached.remove(consumer.number);
    }

    /** Decides whose turn it is. */
    void choose() {
        if (refusalOfOthers() == null) {
            sole = null;
        } else if (sole == null || !sole.isAttached) {
            sole = null;
            for (QueueConsumer each : attached.values()) {
                if (sole == null || each.terms.priority() > sole.terms.priority()) {
                    sole = each;
                }
            }
        }
    }

    /** Whether {@code consumer} may get messages as far as the others are concerned. */
    boolean isTurnOf(QueueConsumer consumer) {
        return sole == null || sole == consumer;
    }

    /** The one that has the queue for itself; null where nobody has. */
    @Nullable
    QueueConsumer sole() {
        return sole;
    }

    /** Whether it is to be asked who gets messages. */
    boolean isGuarding() {
        return isPaused || !attached.isEmpty() || policy.isSingleActive();
    }

    /** Whether there is something to be kept. */
    boolean isNeeded() {
        return isGuarding() || !policy.equals(ConsumerPolicy.ALL);
    }

    private boolean hasExclusive() {
        return attached.size() == 1 && attached.values().iterator().next().terms.isExclusive();
    }
}
