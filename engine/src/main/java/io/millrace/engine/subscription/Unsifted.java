package io.millrace.engine.subscription;

import io.millrace.engine.offset.OffsetSet;
import org.jspecify.annotations.Nullable;

/**
 * The messages of a subscription that are to be looked at before they can be delivered, for what they say decides
 * whether it wants them, and of which group they are; none where that is not done. Those that are not due yet can be
 * among them: whether they are wanted is found out at once, and once more when they are due, with their group. The
 * loop's.
 */
public final class Unsifted {
    private final IndividualSubscription subscription;
    private @Nullable OffsetSet offsets;

    Unsifted(IndividualSubscription subscription) {
        this.subscription = subscription;
    }

    /** From now on messages are looked at before they are delivered; the subscription is new. */
    public void begin() {
        offsets = new OffsetSet();
    }

    /** They; null where messages are not looked at first. */
    public @Nullable OffsetSet offsets() {
        return offsets;
    }

    /** Whether messages are looked at before they are delivered. */
    public boolean isUsed() {
        return offsets != null;
    }

    /** Whether the message at {@code offset} is one of them. */
    public boolean contains(long offset) {
        return offsets != null && offsets.contains(offset);
    }

    /** Where messages are looked at first, adds those below {@code to} from {@code from} on that are not due yet. */
    public void addDelayed(long from, long to) {
        if (offsets != null) {
            OffsetSet delayed = subscription.delayed();
            for (long each = delayed.nextPresent(from); each >= 0 && each < to; each = delayed.nextPresent(each + 1)) {
                offsets.add(each);
            }
        }
    }

    /**
     * A message was looked at, and is wanted: it is taken into the order of deliveries unless it is not due yet; of a
     * group where the hash is not 0.
     */
    public void accept(long offset, int priority, long high, long low) {
        boolean isThere = remove(offset); // else it was settled meanwhile, or has died
        if (!isThere || subscription.delayed().contains(offset)) {
            return;
        }
        if ((high | low) != 0) {
            subscription.makeGroups().append(offset, offset + 1, high, low);
            subscription.makeGroups().publishReadable(offset + 1);
        } else {
            subscription.order(offset, priority);
        }
    }

    /** A message cannot be looked at, for it is damaged. */
    public void damage(long offset) {
        if (remove(offset)) {
            subscription.delayed().remove(offset);
            subscription.damaged().add(offset);
        }
    }

    /** Adds them where messages are looked at first; returns whether that is so. */
    boolean addRange(long from, long to) {
        if (offsets != null) {
            offsets.addRange(from, to);
        }
        return offsets != null;
    }

    private boolean remove(long offset) {
        return offsets != null && offsets.remove(offset);
    }

    /** Those from {@code from} up to but not {@code to} are not to be looked at any more, or not yet. */
    public void removeRange(long from, long to) {
        if (offsets != null) {
            offsets.removeRange(from, to);
        }
    }
}
