package io.millrace.storage.local;

import io.millrace.base.Crc32c;
import io.millrace.base.file.FileSystem;
import io.millrace.base.file.StorageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The journal files that a directory holds when it is opened. */
final class Candidates {
    private static final Pattern JOURNAL = Pattern.compile("journal-(\\d{12,18})\\.log");
    private static final Pattern TEMPORARY = Pattern.compile("journal-\\d+\\.tmp");

    private Candidates() {}

    /** Opens the files by number; removes what an interrupted recovery left. */
    static List<CandidateFile> open(FileSystem fileSystem, Path directory, StoreIdentity identity) throws IOException {
        List<CandidateFile> found = new ArrayList<>();
        for (Path path : fileSystem.list(directory)) {
            String name = path.getFileName().toString();
            Matcher matcher = JOURNAL.matcher(name);
            if (matcher.matches()) {
                found.add(open(fileSystem, path, Long.parseLong(matcher.group(1)), identity));
            } else if (TEMPORARY.matcher(name).matches()) {
                fileSystem.delete(path);
            }
        }
        found.sort(Comparator.comparingLong(CandidateFile::number));
        return found;
    }

    private static CandidateFile open(FileSystem fileSystem, Path path, long number, StoreIdentity identity)
            throws IOException {
        StorageFile file = fileSystem.open(path);
        ByteBuffer block = ByteBuffer.allocateDirect(JournalFormat.BLOCK_BYTES);
        file.read(block, 0);
        JournalFileHeader header = JournalFileHeader.read(block.flip(), number, new Crc32c());
        if (header != null && !identity.owns(header)) {
            throw new IOException(path + " belongs to another data directory; move it out of the way");
        }
        return new CandidateFile(number, path, file, header);
    }

    /** Deletes the files that recovery has made superfluous: never used, or void from their first group on. */
    static void deleteExcept(
            List<JournalFile> live, List<CandidateFile> candidates, FileSystem fileSystem, Path directory)
            throws IOException {
        for (CandidateFile each : candidates) {
            if (live.stream().noneMatch(file -> file.number == each.number())) {
                each.file().close();
                fileSystem.delete(each.path());
                fileSystem.syncDirectory(directory);
            }
        }
    }
}
