package io.millrace.server.data;

import io.millrace.server.client.Numbers;
import io.millrace.server.client.ProgressLine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.stream.Stream;

/** A folder with what is stored in it, which is for its owner only: messages, verifiers, keys. Stateless. */
final class PrivateFolder {
    private static final Set<PosixFilePermission> FOLDER = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");

    private PrivateFolder() {}

    /** Makes {@code folder} and those above it, where they are not there, and lets nobody else in. */
    static void make(Path folder) throws IOException {
        Path above = folder.toAbsolutePath().getParent();
        if (above != null) {
            Files.createDirectories(above);
        }
        if (!Files.isDirectory(folder)) {
            Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(FOLDER));
        }
        Files.setPosixFilePermissions(folder, FOLDER);
    }

    /** Has the files in {@code folder} be read by their owner only: a start refuses a key that others can read. */
    static void closeFiles(Path folder) throws IOException {
        List<Path> files;
        try (Stream<Path> listed = Files.list(folder)) {
            files = listed.filter(Files::isRegularFile).toList();
        }
        for (Path each : files) {
            Files.setPosixFilePermissions(each, FILE);
        }
    }

    /** Shows on {@code line} how much was copied. */
    static IntConsumer showing(ProgressLine line) {
        long[] copied = new long[1];
        return bytes -> {
            copied[0] += bytes;
            line.show("copied " + Numbers.bytes(copied[0]));
        };
    }
}
