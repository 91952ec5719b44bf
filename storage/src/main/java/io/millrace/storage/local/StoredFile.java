package io.millrace.storage.local;

import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A file of a data directory, by what its name says. Immutable; any thread.
 *
 * @param name its name in the directory
 * @param kind what it is
 * @param shard the shard that it belongs to; -1 where it belongs to none in particular
 * @param number its number among those of its kind and shard; -1 where it has none
 * @param bytes its length
 */
public record StoredFile(String name, Kind kind, int shard, long number, long bytes) {
    private static final int NONE = -1;
    private static final Pattern JOURNAL = Pattern.compile("journal-(\\d{12,18})\\.log");
    private static final Pattern ADOPTED = Pattern.compile("adopted-(\\d{12,18})\\.log");
    private static final Pattern SEGMENT = Pattern.compile("segment-(\\d{4})-(\\d{12,18})\\.dat");
    private static final Pattern MANIFEST = Pattern.compile("manifest-(\\d{4})");

    /** What a file of a data directory is. */
    public enum Kind {
        /** Version and id of the directory. */
        FORMAT,
        /** The newest checkpoint of a shard. */
        MANIFEST,
        /** A file of the journal, in use or prepared. */
        JOURNAL,
        /** A file that has left the journal and stays because of what lives in it. */
        ADOPTED,
        /** Entries or a snapshot of a shard. */
        SEGMENT,
        /** A file in which damage was found, set aside. */
        QUARANTINE,
        /** Anything else: what an interrupted process left, the lock, files of others. */
        OTHER
    }

    static StoredFile of(Path path, long bytes) {
        String name = String.valueOf(path.getFileName());
        Matcher journal = JOURNAL.matcher(name);
        Matcher adopted = ADOPTED.matcher(name);
        Matcher segment = SEGMENT.matcher(name);
        Matcher manifest = MANIFEST.matcher(name);
        if (journal.matches()) {
            return new StoredFile(name, Kind.JOURNAL, NONE, Long.parseLong(journal.group(1)), bytes);
        } else if (adopted.matches()) {
            return new StoredFile(name, Kind.ADOPTED, NONE, Long.parseLong(adopted.group(1)), bytes);
        } else if (segment.matches()) {
            int shard = Integer.parseInt(segment.group(1));
            return new StoredFile(name, Kind.SEGMENT, shard, Long.parseLong(segment.group(2)), bytes);
        } else if (manifest.matches()) {
            return new StoredFile(name, Kind.MANIFEST, Integer.parseInt(manifest.group(1)), NONE, bytes);
        }
        Kind kind = name.equals(StoreIdentity.NAME)
                ? Kind.FORMAT
                : name.startsWith("quarantine-") ? Kind.QUARANTINE : Kind.OTHER;
        return new StoredFile(name, kind, NONE, NONE, bytes);
    }
}
