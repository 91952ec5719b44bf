package io.millrace.storage.local;

import io.millrace.base.file.FileSystem;
import io.millrace.base.file.StorageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.UUID;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The file {@value #NAME} of a data directory: the version of the formats in it, and an id that every journal file
 * repeats, so that files of another directory are noticed.
 *
 * @param id the id, made when the directory was
 */
record StoreIdentity(UUID id) {
    static final String NAME = "millrace.format";
    private static final int VERSION = 1;
    private static final int BYTES_MAX = 256;
    private static final Pattern FORMAT = Pattern.compile("format (\\d{1,9})\n");
    private static final Pattern ID = Pattern.compile("id ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\n");

    /** Reads the identity of {@code directory}, or gives it one. */
    static StoreIdentity open(FileSystem fileSystem, Path directory, RandomGenerator random) throws IOException {
        Path path = directory.resolve(NAME);
        if (fileSystem.exists(path)) {
            StoreIdentity found = read(fileSystem, path);
            if (isNew(fileSystem, directory)) {
                // Whoever made it may not have come to sync its name, or failed to; journal files need their identity.
                found.write(fileSystem, directory, path);
            }
            return found;
        }
        if (!isNew(fileSystem, directory)) {
            throw new IOException(directory + " has files in it but no " + NAME
                    + ": it is not a data directory of Millrace, or that file was lost");
        }
        StoreIdentity made = new StoreIdentity(new UUID(random.nextLong(), random.nextLong()));
        made.write(fileSystem, directory, path);
        return made;
    }

    JournalFileHeader header(long number, long firstSequence, long oldestNumber, long createdMillis) {
        return new JournalFileHeader(
                id.getMostSignificantBits(),
                id.getLeastSignificantBits(),
                number,
                firstSequence,
                oldestNumber,
                createdMillis);
    }

    long seal(long number) {
        return JournalFileHeader.seal(id.getMostSignificantBits(), id.getLeastSignificantBits(), number);
    }

    boolean owns(JournalFileHeader header) {
        return header.storeIdHigh() == id.getMostSignificantBits()
                && header.storeIdLow() == id.getLeastSignificantBits();
    }

    private static boolean isNew(FileSystem fileSystem, Path directory) throws IOException {
        return fileSystem.list(directory).stream().allMatch(StoreIdentity::mayPrecede);
    }

    /** What may lie in a directory that is new: a file of ours that does not hold messages, a start cut short. */
    private static boolean mayPrecede(Path file) {
        String name = file.getFileName().toString();
        return Stream.of("journal-", "quarantine-", "adopted-", "segment-", "manifest-")
                .noneMatch(name::startsWith);
    }

    /** Reads the identity that is in the file {@code path}. */
    static StoreIdentity read(FileSystem fileSystem, Path path) throws IOException {
        ByteBuffer content = ByteBuffer.allocate(BYTES_MAX);
        try (StorageFile file = fileSystem.open(path)) {
            file.read(content, 0);
        }
        CharSequence text = StandardCharsets.US_ASCII.decode(content.flip());
        Matcher format = FORMAT.matcher(text);
        // The version comes first: another one may have other lines.
        if (format.lookingAt() && Integer.parseInt(format.group(1)) != VERSION) {
            throw new IOException(path + ": the directory has format " + format.group(1)
                    + ", this Millrace reads format " + VERSION + "; use the version that wrote it");
        }
        Matcher id = ID.matcher(text);
        if (!format.lookingAt() || !id.region(format.end(), text.length()).matches()) {
            throw new IOException(path + " is damaged: expected a line with the format and one with the id");
        }
        return new StoreIdentity(UUID.fromString(id.group(1)));
    }

    private void write(FileSystem fileSystem, Path directory, Path path) throws IOException {
        Path temporary = path.resolveSibling(NAME + ".tmp");
        if (fileSystem.exists(temporary)) {
            fileSystem.delete(temporary);
        }
        String content = "format " + VERSION + "\nid " + id + "\n";
        try (StorageFile file = fileSystem.create(temporary)) {
            file.write(ByteBuffer.wrap(content.getBytes(StandardCharsets.US_ASCII)), 0);
            file.sync();
        }
        fileSystem.rename(temporary, path);
        fileSystem.syncDirectory(directory);
    }
}
