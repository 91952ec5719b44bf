package io.millrace.base.file;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * An open file. Reads may run beside one writer; there is one writer at a time, and {@link #sync} may run beside it
 * (it then covers what was written before the call).
 */
public interface StorageFile extends Closeable {
    /** Where the file was when it was opened. */
    Path path();

    /** Writes all of {@code source} at {@code position}, growing the file if need be. */
    void write(ByteBuffer source, long position) throws IOException;

    /** Writes all of the first {@code count} of {@code sources}, one after the other, from {@code position} on. */
    void write(ByteBuffer[] sources, int count, long position) throws IOException;

    /**
     * Reads from {@code position} until {@code target} is full or the file ends; returns the number of bytes read, 0
     * at or after the end.
     */
    int read(ByteBuffer target, long position) throws IOException;

    /** The file for who sends bytes of it without having them in memory; null where it cannot be had so. */
    default @Nullable FileSource source() {
        return null;
    }

    /**
     * Has {@code bytes} bytes from {@code position} on brought into memory that is not this process's, as far as the
     * system can be asked for it: who sends them from the {@link #source} soon does not wait for the disk then.
     * Returns when they are there. Fails where they cannot be read, or where the file ends before.
     */
    default void load(long position, long bytes) throws IOException {
        if (position + bytes > size()) {
            throw new EOFException(path() + " ends before " + (position + bytes));
        }
    }

    /**
     * Takes the space for the first {@code bytes} of the file, so that writing there needs none later, and makes the
     * file that long where it is shorter. What was not written reads as zeros. Durable, like a write, after {@link
     * #sync}. Returns false, with nothing changed, where that cannot be had: writing zeros has the same effect, but for
     * the time. After {@link OutOfSpaceException} a part may have been taken.
     */
    default boolean reserve(long bytes) throws IOException {
        return false;
    }

    /**
     * Says that these bytes will be read soon: where it can be, they are fetched in the background. Changes nothing
     * that a read returns, and never fails.
     */
    default void adviseWillNeed(long position, long bytes) {}

    /**
     * Says that these bytes will not be read soon: where it can be, what is on stable storage leaves the page cache.
     * Changes nothing that a read returns, and never fails.
     */
    default void adviseDontNeed(long position, long bytes) {}

    /** The length in bytes. */
    long size() throws IOException;

    /** Cuts the file to {@code size} bytes; does nothing where it is shorter. */
    void truncate(long size) throws IOException;

    /**
     * Returns once everything written before is on stable storage, with the metadata needed to read it back. After a
     * failure the state on disk is unknown and a later success proves nothing: callers must not try again.
     */
    void sync() throws IOException;

    @Override
    void close() throws IOException;
}
