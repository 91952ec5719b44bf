package io.millrace.storage.local;

import io.millrace.base.file.FileSystem;
import io.millrace.base.file.StorageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * Makes new files for the journal: they read as zeros, and have all their space, so that writing in them needs none.
 *
 * <p>One that is filled with zeros is written twice in the end, but a sync in it has nothing to do but to write. One
 * that is reserved is written once, but each sync must also note which blocks are written now, until the file is used
 * again. So files are reserved where that is little beside what a sync writes; what was written while the file before
 * was in use tells it. The file keeper's thread.
 */
final class BlankFiles {
    private static final int STEP_BYTES = 1 << 20;

    private final FileSystem fileSystem;
    private final LocalStoreOptions options;
    private final StoreCounters counters;
    /** Where the counters stood when the file before began to be used, or nearly so. */
    private long writtenBytes;

    private long syncs;

    BlankFiles(FileSystem fileSystem, LocalStoreOptions options, StoreCounters counters) {
        this.fileSystem = fileSystem;
        this.options = options;
        this.counters = counters;
    }

    /** Makes a file with this name, in place of one that is there. */
    StorageFile make(Path path) throws IOException {
        return make(fileSystem, path, options, meanSyncBytes());
    }

    /** The file that was waited for is there: what is written from here on tells of the one after it. */
    void nextBegins() {
        writtenBytes = counters.writtenBytes();
        syncs = counters.syncs();
    }

    private long meanSyncBytes() {
        long syncsSince = counters.syncs() - syncs;
        return syncsSince == 0 ? 0 : (counters.writtenBytes() - writtenBytes) / syncsSince;
    }

    /** The same where {@code meanSyncBytes} is what a sync covers; 0 where nobody knows. Any thread. */
    static StorageFile make(FileSystem fileSystem, Path path, LocalStoreOptions options, long meanSyncBytes)
            throws IOException {
        if (fileSystem.exists(path)) {
            fileSystem.delete(path);
        }
        StorageFile file = fileSystem.create(path);
        try {
            if (meanSyncBytes < options.reserveSyncBytes() || !file.reserve(options.fileBytes())) {
                fill(file, options.fileBytes());
            }
            file.sync();
            return file;
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    private static void fill(StorageFile file, long bytes) throws IOException {
        ByteBuffer zeros = ByteBuffer.allocateDirect((int) Math.min(STEP_BYTES, bytes));
        for (long at = 0; at < bytes; at += zeros.limit()) {
            zeros.clear().limit((int) Math.min(zeros.capacity(), bytes - at));
            file.write(zeros, at);
        }
    }
}
