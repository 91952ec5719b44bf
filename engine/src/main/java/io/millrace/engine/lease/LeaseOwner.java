package io.millrace.engine.lease;

/** Somebody whose leases are a chain of slots in a {@link LeaseTable}, and who has the first of them. The loop's. */
public abstract class LeaseOwner {
    /** The first of its slots. */
    int firstSlot = LeaseTable.NO_SLOT;

    /** One that has no leases. */
    protected LeaseOwner() {}
}
