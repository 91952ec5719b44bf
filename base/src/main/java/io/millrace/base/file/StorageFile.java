package io.millrace.base.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

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
