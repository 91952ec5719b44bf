package io.millrace.storage.local;

import io.millrace.base.file.StorageFile;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A journal file found at start-up.
 *
 * @param number the number in its name
 * @param path where it is
 * @param file the open file
 * @param header its header; null where it has none of its number, as a file that was prepared and not used
 */
record CandidateFile(long number, Path path, StorageFile file, @Nullable JournalFileHeader header) {}
