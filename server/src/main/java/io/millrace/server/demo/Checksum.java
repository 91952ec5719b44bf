package io.millrace.server.demo;

import io.millrace.server.process.FailureReason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What computing a file's checksum gave. Immutable; any thread.
 *
 * @param sha256 the checksum in hexadecimal; empty where the file could not be read
 * @param error why it could not be read; empty where it could
 * @param stamp size and time of the file's last change; empty where they are not known or changed meanwhile
 */
record Checksum(String sha256, String error, String stamp) {
    private static final int BUFFER_BYTES = 64 << 10;

    /** Reads the file and computes; fails by what it returns. */
    static Checksum of(String path) {
        try {
            Path file = Path.of(path);
            String before = stamp(file);
            String sha256 = digest(file);
            return new Checksum(sha256, "", before.equals(stamp(file)) ? before : "");
        } catch (IOException | InvalidPathException e) {
            return new Checksum("", FailureReason.of(e), "");
        }
    }

    private static String stamp(Path file) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        return attributes.size() + "@" + attributes.lastModifiedTime();
    }

    private static String digest(Path file) throws IOException {
        MessageDigest digest = newDigest();
        byte[] buffer = new byte[BUFFER_BYTES];
        try (InputStream input = Files.newInputStream(file)) {
            for (int read = input.read(buffer); read >= 0; read = input.read(buffer)) {
                digest.update(buffer, 0, read);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
