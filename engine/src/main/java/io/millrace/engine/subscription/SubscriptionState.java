package io.millrace.engine.subscription;

import io.millrace.base.Check;
import io.millrace.engine.offset.OffsetSet;
import io.netty.buffer.ByteBuf;

/** What a snapshot says of a subscription (docs/formats/snapshot.md). Stateless. */
public final class SubscriptionState {
    private SubscriptionState() {}

    /** Writes what is settled, and what is known of the rest but the leases. */
    public static void write(IndividualSubscription subscription, ByteBuf target) {
        PlainOrder plain = subscription.plain();
        target.writeLong(subscription.settled().floor())
                .writeLong(plain.cursor())
                .writeInt(subscription.basePriority);
        subscription.settled().above().writeTo(target);
        subscription.delayed().writeTo(target);
        subscription.damaged().writeTo(target);
        plain.aside().writeTo(target);
        subscription.lapsed().writeTo(target);
        subscription.dead().writeTo(target);
        subscription.history().writeTo(target);
        PriorityOrder order = subscription.order();
        target.writeBoolean(order != null);
        if (order != null) {
            order.writeTo(target);
        }
        GroupOrder groups = subscription.groups();
        target.writeBoolean(groups != null);
        if (groups != null) {
            groups.writeTo(target);
        }
        OffsetSet unsifted = subscription.unsifted().offsets();
        target.writeBoolean(unsifted != null);
        if (unsifted != null) {
            unsifted.writeTo(target);
        }
    }

    /**
     * Takes over what {@link #write} wrote: every other unsettled message below the cursor, or set aside, counts as
     * returned. Everything is readable.
     */
    public static void restore(IndividualSubscription subscription, ByteBuf source) {
        PlainOrder plain = subscription.plain();
        long floor = source.readLong();
        long cursor = source.readLong();
        subscription.basePriority = source.readInt();
        subscription.settled().restore(floor, OffsetSet.read(source));
        subscription.delayed().addAll(OffsetSet.read(source));
        subscription.damaged().addAll(OffsetSet.read(source));
        plain.restore(cursor, OffsetSet.read(source));
        subscription.lapsed().addAll(OffsetSet.read(source));
        subscription.dead().restore(source);
        subscription.history().restore(source);
        plain.returned().removeAll(subscription.delayed());
        plain.returned().removeAll(subscription.damaged());
        subscription.dead().removeFrom(plain.returned());
        if (source.readBoolean()) {
            PriorityOrder restored = subscription.makeOrder();
            restored.restore(source);
            restored.publishReadable(subscription.end(), subscription.settled());
            plain.returned().removeAll(restored.indexed());
        }
        if (source.readBoolean()) {
            GroupOrder restored = subscription.makeGroups();
            restored.restore(source, subscription.delayed(), subscription.damaged());
            plain.returned().removeAll(restored.members());
        }
        if (source.readBoolean()) {
            subscription.unsifted().begin();
            OffsetSet unsifted = OffsetSet.read(source);
            Check.notNull(subscription.unsifted().offsets(), "messages are looked at first")
                    .addAll(unsifted);
            plain.returned().removeAll(unsifted);
        }
    }
}
