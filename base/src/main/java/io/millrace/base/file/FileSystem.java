package io.millrace.base.file;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * What storage asks of a file system. Changes of names (create, rename, delete) survive a power cut only after
 * {@link #syncDirectory}; contents only after {@link StorageFile#sync}.
 *
 * <p>Safe for any thread. A full disk is an {@link OutOfSpaceException}.
 */
public interface FileSystem {
    /** Makes a new file open for reading and writing; fails where the name is taken. */
    StorageFile create(Path path) throws IOException;

    /** Opens a file that exists for reading and writing. */
    StorageFile open(Path path) throws IOException;

    /** Opens a file that exists for reading alone, also where this process may not write it. */
    default StorageFile openToRead(Path path) throws IOException {
        return open(path);
    }

    /** Whether the name is taken. */
    boolean exists(Path path);

    /** The files (not folders) directly in {@code directory}, by name. */
    List<Path> list(Path directory) throws IOException;

    /** The length of the file in bytes, without opening it; NoSuchFileException where there is none. */
    long size(Path path) throws IOException;

    /**
     * Makes {@code directory} and the folders above it, where they are not there. Their names are synced, also that of
     * the lowest one that was there: a process that was killed may have made it and not come to the sync.
     */
    void createDirectories(Path directory) throws IOException;

    /** Gives the file another name, atomically, replacing what had that name. */
    void rename(Path source, Path target) throws IOException;

    /** Removes a name; what is open stays readable. */
    void delete(Path path) throws IOException;

    /** Returns once the names in {@code directory} are on stable storage. */
    void syncDirectory(Path directory) throws IOException;

    /** Bytes that can still be written on the device of {@code path}. */
    long usableBytes(Path path) throws IOException;
}
