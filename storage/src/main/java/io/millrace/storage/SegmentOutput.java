package io.millrace.storage;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A segment that is being written, front to back. Used by the thread that {@link SegmentStore#create created} it. */
public interface SegmentOutput {
    /** Appends what {@code source} has left. May wait until earlier pieces are on their way. */
    void write(ByteBuffer source) throws IOException;

    /** The length so far: where the next byte will be. */
    long size();

    /** Ends the segment; when this returns, all of it is on stable storage, and it can be read. */
    void seal() throws IOException;

    /** Ends without sealing, after a failure or because it is not wanted any more; nothing of it stays. */
    void abandon() throws IOException;
}
