package io.millrace.storage.local;

import io.millrace.base.file.FileSystem;
import io.millrace.base.file.StorageFile;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The segment files of a directory. Those read last are kept open, up to a bound; a file that is deleted is closed when
 * its last reader has left it, for its space comes back only then. Any thread.
 */
final class SegmentFiles {
    private static final Pattern NAME = Pattern.compile("segment-(\\d{4})-(\\d{12,18})\\.dat");
    private static final int OPEN_MAX = 256;

    private final FileSystem fileSystem;
    private final Path directory;
    /** In the order of their last use. */
    private final Map<Key, OpenFile> open = new LinkedHashMap<>(16, 0.75f, true);

    /** Those that were written to their end, and are of use: what a crash has left is not among them. */
    private final Set<Path> sealed = new HashSet<>();

    /** Those that are not deleted for now, and of these the ones that should have been. */
    private final Set<Path> held = new HashSet<>();

    private final Set<Path> putOff = new HashSet<>();

    private volatile Consumer<IOException> whenNamesAreInDoubt = e -> {};

    private boolean closed;

    private record Key(int shard, long segment) {}

    private static final class OpenFile {
        final StorageFile file;
        int readers;
        boolean gone;

        OpenFile(StorageFile file) {
            this.file = file;
        }
    }

    SegmentFiles(FileSystem fileSystem, Path directory) {
        this.fileSystem = fileSystem;
        this.directory = directory;
    }

    /** Has {@code told} know of directories that could not be synced. */
    void whenNamesAreInDoubt(Consumer<IOException> told) {
        whenNamesAreInDoubt = told;
    }

    /**
     * Makes the names of segments durable. A failure is not the business of one segment alone: names that others have
     * given meanwhile may be lost, whatever their own sync says.
     */
    void syncNames() throws IOException {
        try {
            fileSystem.syncDirectory(directory);
        } catch (IOException e) {
            whenNamesAreInDoubt.accept(e);
            throw e;
        }
    }

    FileSystem fileSystem() {
        return fileSystem;
    }

    Path path(int shard, long segment) {
        return directory.resolve(String.format("segment-%04d-%012d.dat", shard, segment));
    }

    /** Notes that the segment at {@code path} is whole. */
    synchronized void noteSealed(Path path) {
        sealed.add(path);
    }

    /** Whether the segment was written to its end, by this process or by one whose manifest names it. */
    synchronized boolean isSealed(int shard, long segment) {
        return sealed.contains(path(shard, segment));
    }

    boolean exists(int shard, long segment) {
        return fileSystem.exists(path(shard, segment));
    }

    /** The numbers of the segments of {@code shard} that are there, in order. */
    List<Long> list(int shard) throws IOException {
        List<Long> numbers = new ArrayList<>();
        for (Path each : fileSystem.list(directory)) {
            Matcher matcher = NAME.matcher(each.getFileName().toString());
            if (matcher.matches() && Integer.parseInt(matcher.group(1)) == shard) {
                numbers.add(Long.parseLong(matcher.group(2)));
            }
        }
        numbers.sort(null);
        return numbers;
    }

    /** Fills {@code target} from {@code offset} on; the file is read by {@code reads}. */
    void read(int shard, long segment, long offset, ByteBuffer target, FileReads reads) throws IOException {
        OpenFile opened = acquire(new Key(shard, segment));
        try {
            int wanted = target.remaining();
            int count = reads.read(opened.file, target, offset);
            if (count < wanted) {
                throw new EOFException(
                        "segment " + segment + " of shard " + shard + " ends before offset " + (offset + wanted));
            }
        } finally {
            release(opened);
        }
    }

    /** The place of what is at {@code offset} of a segment, held: one that is deleted is closed when it is let go. */
    FilePlace place(int shard, long segment, long offset) throws IOException {
        OpenFile opened = acquire(new Key(shard, segment));
        return new FilePlace(opened.file, offset, () -> release(opened));
    }

    long size(int shard, long segment) throws IOException {
        OpenFile opened = acquire(new Key(shard, segment));
        try {
            return opened.file.size();
        } finally {
            release(opened);
        }
    }

    void delete(int shard, long segment) throws IOException {
        Path path = path(shard, segment);
        if (!putOff(path) && fileSystem.exists(path)) {
            fileSystem.delete(path);
        }
        // Not before: a reader that comes in between would open it again, and its space would not come back.
        forget(new Key(shard, segment));
    }

    private synchronized boolean putOff(Path path) {
        if (held.contains(path)) {
            putOff.add(path);
            return true;
        }
        return false;
    }

    /** Keeps the sealed segments that are there, until each is {@link #letGo let go}; returns them in order. */
    synchronized List<Path> hold() {
        held.addAll(sealed);
        return held.stream().sorted().toList();
    }

    /** Ends the hold of a segment, and deletes it where that was put off. */
    void letGo(Path path) throws IOException {
        boolean due;
        synchronized (this) {
            held.remove(path);
            due = putOff.remove(path);
        }
        if (due) {
            fileSystem.delete(path);
        }
    }

    private synchronized OpenFile acquire(Key key) throws IOException {
        OpenFile found = open.get(key);
        if (found == null) {
            found = new OpenFile(fileSystem.open(path(key.shard, key.segment)));
            open.put(key, found);
            closeLeastUsed();
        }
        found.readers++;
        return found;
    }

    private synchronized void release(OpenFile opened) throws IOException {
        opened.readers--;
        if (opened.gone && opened.readers == 0) {
            opened.file.close();
        }
    }

    private synchronized void forget(Key key) throws IOException {
        sealed.remove(path(key.shard, key.segment));
        OpenFile found = open.remove(key);
        if (found != null) {
            close(found);
        }
    }

    private void closeLeastUsed() throws IOException {
        Iterator<OpenFile> i = open.values().iterator();
        while (open.size() > OPEN_MAX && i.hasNext()) {
            OpenFile oldest = i.next();
            if (oldest.readers == 0) {
                i.remove();
                close(oldest);
            }
        }
    }

    private static void close(OpenFile file) throws IOException {
        file.gone = true;
        if (file.readers == 0) {
            file.file.close();
        }
    }

    /** Whether the store is closed: what is not sealed is left for the next start to remove. */
    synchronized boolean isClosed() {
        return closed;
    }

    /** Closes everything but what regions are held of: that is closed when they are let go. Nobody else reads. */
    synchronized void close() throws IOException {
        closed = true;
        for (OpenFile each : open.values()) {
            close(each);
        }
        open.clear();
    }
}
