package io.millrace.engine.lease;

/** Somebody who holds leases of a {@link LeaseTable}, so that all of them can be ended with it. The loop's. */
public abstract class LeaseHolder {
    /** The first of its slots. */
    int firstSlot = LeaseTable.NO_SLOT;

    int held;

    /** One that holds none. */
    protected LeaseHolder() {}

    /** How many leases it holds. */
    public final int held() {
        return held;
    }
}
