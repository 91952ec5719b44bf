package io.millrace.storage.local;

import io.millrace.base.file.StorageFile;
import java.io.IOException;
import java.nio.ByteBuffer;

/** How files are read that others have found: as they are, or with an eye on what will be read next. */
interface FileReads {
    /** Reads and does nothing else. Any thread. */
    FileReads PLAIN = StorageFile::read;

    /** As {@link StorageFile#read}. */
    int read(StorageFile file, ByteBuffer target, long offset) throws IOException;
}
