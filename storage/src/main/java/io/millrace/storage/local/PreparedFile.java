package io.millrace.storage.local;

import io.millrace.base.file.StorageFile;

/**
 * A file whose space is all there, and that has its name on disk.
 *
 * @param number the number that it will have in the journal
 * @param file the open file
 */
record PreparedFile(long number, StorageFile file) {}
