package io.millrace.storage.local;

/**
 * A place of the journal that was synced once and does not read back as it was written. It is skipped, its file is kept
 * aside when the journal is done with it.
 *
 * @param file the name of the file
 * @param offset where the damage begins in it, in bytes
 * @param bytes how long it is at most
 * @param reason what is wrong
 */
public record Damage(String file, long offset, long bytes, String reason) {
    @Override
    public String toString() {
        return file + ", offset " + offset + ", " + bytes + " bytes: " + reason;
    }
}
