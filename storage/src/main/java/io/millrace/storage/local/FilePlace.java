package io.millrace.storage.local;

import io.millrace.base.file.StorageFile;
import java.io.Closeable;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where some bytes lie, in a file that is not closed, deleted or used for something else until it is let go.
 *
 * @param file the file
 * @param offset where in it they begin
 * @param hold what keeps the file
 */
record FilePlace(StorageFile file, long offset, Closeable hold) {
    private static final Logger LOG = LoggerFactory.getLogger(FilePlace.class);

    /** Lets the file go; once. Who was its last reader closes it where nobody needs it any more. */
    void letGo() {
        try {
            hold.close();
        } catch (IOException e) {
            LOG.warn("{}, which was read, cannot be closed: {}", file.path(), e.getMessage());
        }
    }
}
