package io.millrace.broker.security;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * The file that holds the seal keys: text, a line {@code <id> <key in base64>} for each key, oldest first, and lines
 * that begin with {@code #}. At most {@value #KEYS_MAX} keys. It is made on first use, with a new key, readable by its
 * owner only. A file that others can read or write, or that its group can write, is refused: its keys are no secret any
 * more.
 *
 * <p>One thread, at start or for a rotation; blocks on the disk. Changes replace the whole file by rename, after its
 * contents are synced, so that a crash leaves the old file or the new one.
 */
public final class SealKeyFile {
    static final int KEYS_MAX = 100;
    private static final long FILE_BYTES_MAX = 65_536;
    private static final String HEADER = "# Seal keys: they open the secrets of access keys. Keep a copy apart from the"
            + " data, and let nobody read it.\n# The last line seals, the others open what they sealed.\n";
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> REFUSED = PosixFilePermissions.fromString("----w-rwx");

    private final Path file;
    private final RandomGenerator random;

    /** @param random fit for cryptography: {@link java.security.SecureRandom} outside tests */
    public SealKeyFile(Path file, RandomGenerator random) {
        this.file = file;
        this.random = random;
    }

    /** The keys in the file, oldest first; makes the file with one new key where there is none. */
    public List<SealKey> openOrCreate() throws IOException {
        if (Files.notExists(file, LinkOption.NOFOLLOW_LINKS)) {
            replaceWith(List.of(SealKey.generate(random)));
        }
        return read();
    }

    /** Adds a new key, which seals from then on, and returns all. */
    public List<SealKey> addKey() throws IOException {
        List<SealKey> keys = new ArrayList<>(openOrCreate());
        if (keys.size() == KEYS_MAX) {
            throw new IOException(
                    file + " has " + KEYS_MAX + " keys already: remove those that nothing is sealed with");
        }
        keys.add(SealKey.generate(random));
        replaceWith(keys);
        return List.copyOf(keys);
    }

    private List<SealKey> read() throws IOException {
        refuseOpenToOthers();
        if (Files.size(file) > FILE_BYTES_MAX) {
            throw new IOException(file + " is no seal key file: it is larger than " + FILE_BYTES_MAX + " bytes");
        }
        List<SealKey> keys = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        int lineNumber = 0;
        for (String line : Files.readAllLines(file, UTF_8)) {
            lineNumber++;
            if (!line.isBlank() && !line.startsWith("#")) {
                SealKey key = parse(line.strip(), lineNumber);
                if (!ids.add(key.id())) {
                    throw new IOException(file + ", line " + lineNumber + ": the id is taken by an earlier line");
                }
                keys.add(key);
            }
        }
        if (keys.isEmpty()) {
            throw new IOException(file + " holds no key");
        }
        return List.copyOf(keys);
    }

    private SealKey parse(String line, int lineNumber) throws IOException {
        int space = line.indexOf(' ');
        try {
            return new SealKey(line.substring(0, Math.max(space, 0)), SecretBytes.ofBase64(line.substring(space + 1)));
        } catch (IllegalArgumentException e) {
            throw new IOException(file + ", line " + lineNumber + ": " + e.getMessage());
        }
    }

    private void refuseOpenToOthers() throws IOException {
        Set<PosixFilePermission> found = Files.getPosixFilePermissions(file);
        if (found.stream().anyMatch(REFUSED::contains)) {
            throw new IOException(file + " has the permissions " + PosixFilePermissions.toString(found)
                    + ": seal keys must be kept from others (chmod 600)");
        }
    }

    private void replaceWith(List<SealKey> keys) throws IOException {
        StringBuilder text = new StringBuilder(HEADER);
        keys.forEach(key ->
                text.append(key.id()).append(' ').append(key.key().base64()).append('\n'));
        Path next = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(next);
        FileAttribute<?> permissions = PosixFilePermissions.asFileAttribute(OWNER_ONLY);
        Set<StandardOpenOption> options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try (FileChannel channel = FileChannel.open(next, options, permissions)) {
            ByteBuffer bytes = ByteBuffer.wrap(text.toString().getBytes(UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel directory = FileChannel.open(file.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
            directory.force(true);
        }
    }
}
