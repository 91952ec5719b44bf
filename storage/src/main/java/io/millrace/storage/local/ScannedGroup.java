package io.millrace.storage.local;

/**
 * A group that recovery has read.
 *
 * @param file the file that it is in
 * @param offset where its header is
 * @param sequence its sequence
 * @param syncedThrough the sequence up to which groups were known to be synced when it was written
 * @param bodyBytes bytes of its frames
 * @param frames the number of its frames
 */
record ScannedGroup(JournalFile file, long offset, long sequence, long syncedThrough, int bodyBytes, int frames) {
    /** Where the next group begins. */
    long end() {
        return offset + JournalFormat.align(JournalFormat.GROUP_HEADER_BYTES + (long) bodyBytes);
    }

    /** Bytes from the header to the end of the last frame. */
    int bytes() {
        return JournalFormat.GROUP_HEADER_BYTES + bodyBytes;
    }
}
