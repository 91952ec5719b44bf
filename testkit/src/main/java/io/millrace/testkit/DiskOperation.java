package io.millrace.testkit;

import java.nio.file.Path;

/**
 * One numbered operation that may change the disk. Reads have no number.
 *
 * @param number 1 for the first operation on this disk, one more for each that follows, across restarts
 * @param path the file, or the directory for operations on directories; of a rename, the source
 */
public record DiskOperation(long number, Kind kind, Path path) {
    /** What is done. */
    public enum Kind {
        CREATE,
        WRITE,
        RESERVE,
        TRUNCATE,
        SYNC,
        RENAME,
        DELETE,
        CREATE_DIRECTORY,
        SYNC_DIRECTORY
    }
}
