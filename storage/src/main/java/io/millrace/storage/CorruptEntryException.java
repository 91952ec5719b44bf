package io.millrace.storage;

/** Stored bytes do not have the checksum that they were stored with: they are never delivered. */
public final class CorruptEntryException extends Exception {
    /** Makes one; {@code place} names file and offset, or the log and offset, {@code reason} what does not match. */
    public CorruptEntryException(String place, String reason) {
        super(place + ": " + reason);
    }
}
