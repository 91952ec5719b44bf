package io.millrace.storage.local;

import static io.millrace.storage.local.JournalFormat.BLOCK_BYTES;

import io.millrace.base.file.FileSystem;
import io.millrace.base.file.StorageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The file that recovery begins: the groups that may not have been synced are written into it anew, then a group that
 * says where every shard stands, and all is synced. Its name appears when it is complete, and with it the groups of
 * older files from its first sequence on become void; so a crash at any point leaves either the old end of the journal
 * or the new one.
 */
final class RecoveredTail {
    private final FileSystem fileSystem;
    private final Path directory;
    private final LocalStoreOptions options;
    private final GroupBuilder builder;
    private @Nullable Path unfinished;
    private @Nullable StorageFile file;
    private long offset;
    private long nextSequence;

    RecoveredTail(FileSystem fileSystem, Path directory, LocalStoreOptions options) {
        this.fileSystem = fileSystem;
        this.directory = directory;
        this.options = options;
        // A group that was legal under a larger file size is copied whole.
        this.builder = new GroupBuilder(Integer.MAX_VALUE);
    }

    /** Writes the file that {@code header} describes; {@code startPositions} are the ends of the file before it. */
    JournalFile write(JournalFileHeader header, long[] startPositions, JournalRecovery recovery) throws IOException {
        Path temporary = directory.resolve("journal-" + header.number() + ".tmp");
        unfinished = temporary;
        StorageFile begun = BlankFiles.make(fileSystem, temporary, options, 0);
        file = begun;
        List<JournalRecovery.ReplayedGroup> groups = recovery.unprovenGroups();
        long capacity = Math.max(options.fileBytes(), bytesNeeded(groups));
        JournalFile written = new JournalFile(header.number(), header.seal(), begun, capacity, startPositions);
        nextSequence = header.firstSequence();
        // The file has no name before it is synced, so its groups may vouch for themselves.
        long syncedThrough = nextSequence + groups.size();
        for (JournalRecovery.ReplayedGroup each : groups) {
            beginGroup(header, written);
            addFrames(each, recovery.scanner());
            finishGroup(written, syncedThrough);
        }
        beginGroup(header, written);
        builder.addPositions(recovery.positions());
        finishGroup(written, syncedThrough);
        begun.sync();
        written.noteSynced(offset);
        Path path = JournalFile.path(directory, header.number());
        fileSystem.rename(temporary, path);
        // Until the name is durable the next attempt must not find it: it may rest on a file that a power cut takes
        // away.
        unfinished = path;
        fileSystem.syncDirectory(directory);
        unfinished = null;
        return written;
    }

    /** Closes the file after a failure, and removes it unless it was complete: it may have filled the disk. */
    void abandon() throws IOException {
        if (file != null) {
            file.close();
        }
        Path path = unfinished;
        if (path != null && fileSystem.exists(path)) {
            fileSystem.delete(path);
        }
    }

    /** Where the next group goes. */
    long offset() {
        return offset;
    }

    /** The sequence of the next group. */
    long nextSequence() {
        return nextSequence;
    }

    private void beginGroup(JournalFileHeader header, JournalFile written) {
        builder.begin(offset == 0 ? header : null, written, nextSequence);
    }

    private void addFrames(JournalRecovery.ReplayedGroup group, GroupScanner scanner) throws IOException {
        int at = scanner.load(group.group());
        ByteBuffer buffer = scanner.buffer();
        for (JournalRecovery.Frame each : group.framesRead()) {
            if (each.length() == 0) {
                continue; // where the streams stood in the middle; what is written last says where they end
            }
            int bodyAt = at + (int) (each.offset() - group.group().offset());
            builder.add(each.shard(), each.position(), each.continues(), buffer, bodyAt, each.length());
        }
    }

    private void finishGroup(JournalFile written, long syncedThrough) throws IOException {
        int buffers = builder.finish(syncedThrough);
        written.file.write(builder.buffers(), buffers, offset);
        builder.noteFrames(written, offset);
        offset += builder.totalBytes();
        nextSequence++;
    }

    private long bytesNeeded(List<JournalRecovery.ReplayedGroup> groups) {
        long bytes = BLOCK_BYTES + JournalFormat.align(options.emptyGroupBytes());
        for (JournalRecovery.ReplayedGroup each : groups) {
            bytes += each.group().end() - each.group().offset();
        }
        return bytes;
    }
}
