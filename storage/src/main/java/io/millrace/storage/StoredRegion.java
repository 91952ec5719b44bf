package io.millrace.storage;

import io.millrace.base.file.FileSource;
import io.netty.util.AbstractReferenceCounted;
import io.netty.util.ReferenceCounted;

/**
 * A piece of a stored file, to be sent from there without passing through this process's memory. As long as it is held
 * its bytes stay where they are: the file is not closed, deleted or used for something else, and its space does not
 * come back, so who holds one for long holds a whole file. Reference-counted; any thread.
 *
 * <p>Its bytes were not verified: who receives them checks them.
 */
public final class StoredRegion extends AbstractReferenceCounted {
    private final FileSource source;
    private final long position;
    private final int bytes;
    private final Runnable whenReleased;

    /** A region of {@code bytes} bytes; {@code whenReleased} runs once, on the thread that releases it last. */
    public StoredRegion(FileSource source, long position, int bytes, Runnable whenReleased) {
        this.source = source;
        this.position = position;
        this.bytes = bytes;
        this.whenReleased = whenReleased;
    }

    /** The file. */
    public FileSource source() {
        return source;
    }

    /** Where the region begins in the file. */
    public long position() {
        return position;
    }

    /** Its length. */
    public int bytes() {
        return bytes;
    }

    @Override
    public StoredRegion retain() {
        super.retain();
        return this;
    }

    @Override
    public ReferenceCounted touch(Object hint) {
        return this;
    }

    @Override
    protected void deallocate() {
        whenReleased.run();
    }
}
