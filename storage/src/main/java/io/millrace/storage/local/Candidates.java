package io.millrace.storage.local;

import static io.millrace.storage.local.CandidateFile.UNUSED;
import static io.millrace.storage.local.JournalFormat.BLOCK_BYTES;

import io.millrace.base.file.FileSystem;
import io.millrace.base.file.StorageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The journal files that a directory holds when it is opened, by number. For the thread that opens the store. */
final class Candidates {
    private static final Pattern JOURNAL = Pattern.compile("journal-(\\d{12,18})\\.log");
    private static final Pattern TEMPORARY = Pattern.compile("journal-\\d+\\.tmp");

    private final FileSystem fileSystem;
    private final Path directory;
    private final StoreIdentity identity;
    private final GroupScanner scanner = new GroupScanner();
    private final List<CandidateFile> files = new ArrayList<>();

    Candidates(FileSystem fileSystem, Path directory, StoreIdentity identity) {
        this.fileSystem = fileSystem;
        this.directory = directory;
        this.identity = identity;
    }

    /** Opens the files; removes what an interrupted recovery left. What was opened is closed by {@link #close}. */
    void open() throws IOException {
        for (Path path : fileSystem.list(directory)) {
            String name = path.getFileName().toString();
            Matcher matcher = JOURNAL.matcher(name);
            if (matcher.matches()) {
                open(path, Long.parseLong(matcher.group(1)));
            } else if (TEMPORARY.matcher(name).matches()) {
                fileSystem.delete(path);
            }
        }
        files.sort(Comparator.comparingLong(CandidateFile::number));
    }

    private void open(Path path, long number) throws IOException {
        StorageFile file = fileSystem.open(path);
        try {
            files.add(examined(path, number, file));
        } catch (Throwable e) {
            file.close();
            throw e;
        }
    }

    private CandidateFile examined(Path path, long number, StorageFile file) throws IOException {
        ByteBuffer block = ByteBuffer.allocateDirect(BLOCK_BYTES);
        file.read(block, 0);
        JournalFileHeader header = JournalFileHeader.read(block.flip(), number, path.toString());
        if (header != null && !identity.owns(header)) {
            throw new IOException(path + " belongs to another data directory; move it out of the way");
        }
        long seal = identity.seal(number);
        if (header != null) {
            return new CandidateFile(number, seal, path, file, header, header.firstSequence());
        }
        ScannedGroup group =
                scanner.findGroup(new JournalFile(number, seal, file, file.size(), new long[0]), BLOCK_BYTES, 0);
        return new CandidateFile(number, seal, path, file, null, group == null ? UNUSED : group.sequence());
    }

    GroupScanner scanner() {
        return scanner;
    }

    /**
     * The files that have been written to and are not dead, oldest first. A dead one is there where its deletion was
     * lost.
     */
    List<CandidateFile> used() {
        long oldest = 0;
        for (CandidateFile each : files) {
            JournalFileHeader header = each.header();
            oldest = Math.max(oldest, header == null ? 0 : header.oldestNumber());
        }
        long first = oldest;
        return files.stream()
                .filter(each -> each.isUsed() && each.number() >= first)
                .toList();
    }

    /** Closes file {@code number} and forgets it, where it is there and not part of the journal any more. */
    boolean takeDead(long number) throws IOException {
        return used().stream().noneMatch(each -> each.number() == number) && take(number);
    }

    /** Closes file {@code number} and forgets it; returns whether it is there. */
    boolean take(long number) throws IOException {
        for (CandidateFile each : files) {
            if (each.number() == number) {
                files.remove(each);
                each.file().close();
                return true;
            }
        }
        return false;
    }

    /** A number that no file has had. */
    long nextNumber() {
        return files.isEmpty() ? 1 : files.get(files.size() - 1).number() + 1;
    }

    /** Deletes the files that were prepared and never used: nothing is in them, and their space may be needed. */
    void deleteUnused() throws IOException {
        delete(CandidateFile::isUsed);
    }

    /**
     * Deletes all but {@code live}: those that recovery has made superfluous, void from their first group on. They are
     * emptied first: where the deletion is lost by a failed sync the next start does not see them, yet a power cut may
     * bring them back when the file is gone that has made them void.
     */
    void deleteExcept(List<JournalFile> live) throws IOException {
        Predicate<CandidateFile> isLive = each -> live.stream().anyMatch(file -> file.number == each.number());
        for (CandidateFile each : files) {
            if (!isLive.test(each)) {
                each.file().truncate(0);
                each.file().sync();
            }
        }
        delete(isLive);
    }

    private void delete(Predicate<CandidateFile> kept) throws IOException {
        for (Iterator<CandidateFile> i = files.iterator(); i.hasNext(); ) {
            CandidateFile each = i.next();
            if (!kept.test(each)) {
                i.remove();
                each.file().close();
                fileSystem.delete(each.path());
                fileSystem.syncDirectory(directory);
            }
        }
    }

    /** Closes the files that are there still, after a failure. */
    void close() throws IOException {
        for (CandidateFile each : files) {
            each.file().close();
        }
    }
}
