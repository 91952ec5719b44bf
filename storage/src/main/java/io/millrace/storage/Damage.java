package io.millrace.storage;

/**
 * A place that was on stable storage once and does not read back as it was written. What it held is not served.
 *
 * @param file the name of the file, or of what stands for one
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
