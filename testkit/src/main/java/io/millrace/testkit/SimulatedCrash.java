package io.millrace.testkit;

/**
 * Thrown to whoever uses the {@link SimulatedFileSystem} after its process died: by every operation until the restart,
 * and by every file that was opened before. An error, so that code which handles exceptions does not handle its own
 * death.
 */
public final class SimulatedCrash extends Error {
    SimulatedCrash(String message) {
        super(message);
    }
}
