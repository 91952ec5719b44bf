package io.millrace.testkit;

import java.io.IOException;

/** One operation on the disk, by the ways in which it can end. Called with the disk's lock held. */
@FunctionalInterface
interface DiskAction {
    /** Notes what the operation is about, when it is called and before anybody is told of it. */
    default void begin() throws IOException {}

    /** Does all of it. */
    void complete() throws IOException;

    /** Does what an I/O error leaves behind. */
    default void fail() {}

    /** Does what is done of it when the process dies in the middle. */
    default void interrupt() {}
}
