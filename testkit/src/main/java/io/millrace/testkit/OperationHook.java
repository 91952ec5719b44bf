package io.millrace.testkit;

import java.io.IOException;

/** Told of each operation before it happens; it may look around, crash the disk, wait, or refuse by throwing. */
@FunctionalInterface
public interface OperationHook {
    /** Called on the thread that does {@code operation}, without any lock held. */
    void before(DiskOperation operation) throws IOException;
}
