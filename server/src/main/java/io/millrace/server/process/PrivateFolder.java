package io.millrace.server.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** A folder with what is stored in it, which is for its owner only: messages, verifiers, keys. Stateless. */
public final class PrivateFolder {
    private static final Set<PosixFilePermission> FOLDER = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");

    /** What a backup holds beside the store's own files: the keys that open the secrets of access keys. */
    public static final Set<String> COPIED_BESIDE_STORE = Set.of("seal.key");

    private PrivateFolder() {}

    /** Makes {@code folder} and those above it, where they are not there, and lets nobody else in. */
    public static void make(Path folder) throws IOException {
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
    public static void closeFiles(Path folder) throws IOException {
        List<Path> files;
        try (Stream<Path> listed = Files.list(folder)) {
            files = listed.filter(Files::isRegularFile).toList();
        }
        for (Path each : files) {
            Files.setPosixFilePermissions(each, FILE);
        }
    }

    /** Throws where something is in {@code folder}. */
    public static void requireEmpty(Path folder) throws IOException {
        try (Stream<Path> listed = Files.list(folder)) {
            Optional<Path> first = listed.findFirst();
            if (first.isPresent()) {
                throw new IOException(folder + " is not empty: " + first.get().getFileName() + " is in it");
            }
        }
    }
}
