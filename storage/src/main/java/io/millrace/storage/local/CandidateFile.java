package io.millrace.storage.local;

import io.millrace.base.file.StorageFile;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A journal file found at start-up.
 *
 * @param number the number in its name
 * @param seal what its checksums begin with
 * @param path where it is
 * @param file the open file
 * @param header its header; null where it has none of its number
 * @param firstSequence the sequence of its first group; {@link #UNUSED} where it has neither header nor group, as a
 * file
 *     that was prepared and not used
 */
record CandidateFile(
        long number, long seal, Path path, StorageFile file, @Nullable JournalFileHeader header, long firstSequence) {
    static final long UNUSED = -1;

    boolean isUsed() {
        return firstSequence != UNUSED;
    }

    /** The file for reading; {@code startPositions} is where the streams of the shards stand before it. */
    JournalFile journalFile(long[] startPositions) throws IOException {
        JournalFile found = new JournalFile(number, seal, file, file.size(), startPositions);
        found.noteSynced(found.capacityBytes); // behind its groups that count nothing is read any more
        return found;
    }
}
