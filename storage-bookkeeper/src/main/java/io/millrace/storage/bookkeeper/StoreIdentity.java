package io.millrace.storage.bookkeeper;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the root of a store says: the version of its formats, its id, and how often it was opened. The last is changed
 * by compare-and-set at each start and gives that start its epoch: of two the later one has the higher, for every
 * shard.
 *
 * @param id the id, made with the store; ledgers repeat it
 * @param epoch the epoch of the start that was the last
 */
record StoreIdentity(UUID id, long epoch) {
    private static final int VERSION = 1;
    private static final Pattern FORMAT = Pattern.compile("format (\\d{1,9})\n");
    private static final Pattern REST =
            Pattern.compile("id (\\p{XDigit}{8}(?:-\\p{XDigit}{4}){3}-\\p{XDigit}{12})\nepoch (\\d{1,18})\n");

    StoreIdentity next() {
        return new StoreIdentity(id, epoch + 1);
    }

    byte[] encode() {
        return ("format " + VERSION + "\nid " + id + "\nepoch " + epoch + "\n").getBytes(StandardCharsets.US_ASCII);
    }

    /** Throws where the node is of another version, or not one of ours; {@code path} names it. */
    static StoreIdentity decode(byte[] content, String path) throws IOException {
        String text = new String(content, StandardCharsets.US_ASCII);
        Matcher format = FORMAT.matcher(text);
        // The version comes first: another one may have other lines.
        if (format.lookingAt() && Integer.parseInt(format.group(1)) != VERSION) {
            throw new IOException(path + ": the store has format " + format.group(1) + ", this Millrace reads format "
                    + VERSION + "; use the version that wrote it");
        }
        Matcher rest = REST.matcher(text);
        if (!format.lookingAt() || !rest.region(format.end(), text.length()).matches()) {
            throw new IOException(path + " is not the node of a store of Millrace, or it is damaged");
        }
        return new StoreIdentity(UUID.fromString(rest.group(1)), Long.parseLong(rest.group(2)));
    }
}
