package io.millrace.storage;

import io.millrace.base.file.FileSystem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;

/**
 * A copy that is asked for.
 *
 * @param target where it goes
 * @param others files of the directory that are copied beside the store's own, where they are there
 * @param bytesPerSecond how much is copied in a second at most, at least {@value #BYTES_PER_SECOND_MIN}; 0 for no bound
 */
public record BackupRequest(Target target, Set<String> others, long bytesPerSecond) {
    /** Below this a copy that goes on could not be told from one that is stuck. */
    public static final long BYTES_PER_SECOND_MIN = 64 << 10;

    /** Checks the range. */
    public BackupRequest {
        if (bytesPerSecond != 0 && bytesPerSecond < BYTES_PER_SECOND_MIN) {
            throw new IllegalArgumentException(
                    "a backup copies " + BYTES_PER_SECOND_MIN + " bytes or more in a second");
        }
        others = Set.copyOf(others);
    }

    /** Where a copy goes. On the thread that copies, which may be held up by it. */
    public interface Target {
        /** What its files are written with. */
        FileSystem fileSystem();

        /** Makes the directory; fails where something is in it. */
        Path open() throws IOException;

        /** Takes the directory away again, which is empty: no copy came of it. */
        void abandon() throws IOException;
    }
}
