package io.millrace.server.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.FileVisitor;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the files to work on: regular, readable, not too large, with names that are text. Follows no links, enters no
 * other file system and none of the folders to avoid, unless it begins there. One thread, once.
 */
final class FileWalk implements FileVisitor<Path> {
    private final int most;
    private final long fileBytesMax;
    private final Set<Path> avoided;
    private final Set<Path> walked = new HashSet<>();
    private final List<Path> files = new ArrayList<>();
    private long bytes;
    private long tooLarge;
    private long unreadable;
    private @Nullable Path root;
    private @Nullable Object device;

    /**
     * What was found.
     *
     * @param bytes how large the files are in all
     * @param tooLarge files that were left out for their size
     * @param unreadable files and folders that were left out because they cannot be read
     */
    record Found(List<Path> files, long bytes, long tooLarge, long unreadable) {}

    private FileWalk(int most, long fileBytesMax, Set<Path> avoided) {
        this.most = most;
        this.fileBytesMax = fileBytesMax;
        this.avoided = avoided;
    }

    /** Walks {@code folders} one after the other until there are {@code most} files. */
    static Found find(List<Path> folders, int most, long fileBytesMax, Set<Path> avoided) throws IOException {
        var walk = new FileWalk(most, fileBytesMax, avoided);
        for (Path folder : folders) {
            if (walk.files.size() < most) {
                walk.root = folder;
                walk.device = device(folder);
                Files.walkFileTree(folder, walk);
                walk.walked.add(folder);
            }
        }
        return new Found(List.copyOf(walk.files), walk.bytes, walk.tooLarge, walk.unreadable);
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
        boolean isOurs = folder.equals(root) || (!avoided.contains(folder) && !walked.contains(folder));
        return isOurs && isOnDevice(folder) ? FileVisitResult.CONTINUE : FileVisitResult.SKIP_SUBTREE;
    }

    private boolean isOnDevice(Path folder) {
        try {
            return device == null || device.equals(device(folder));
        } catch (IOException e) {
            unreadable++;
            return false;
        }
    }

    /** The number of the device that a file is on; null where the platform has none. */
    private static @Nullable Object device(Path folder) throws IOException {
        try {
            return Files.getAttribute(folder, "unix:dev", LinkOption.NOFOLLOW_LINKS);
        } catch (UnsupportedOperationException e) {
            return null;
        }
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
        if (!attributes.isRegularFile()) {
            return FileVisitResult.CONTINUE;
        }
        if (attributes.size() > fileBytesMax) {
            tooLarge++;
        } else if (!isText(file.toString()) || !Files.isReadable(file)) {
            unreadable++;
        } else {
            files.add(file);
            bytes += attributes.size();
        }
        return files.size() < most ? FileVisitResult.CONTINUE : FileVisitResult.TERMINATE;
    }

    /** A name travels as UTF-8, and has to mean the same file when it arrives. */
    private static boolean isText(String name) {
        return StandardCharsets.UTF_8.newEncoder().canEncode(name) && name.indexOf('\uFFFD') < 0;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException failure) {
        unreadable++;
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure) {
        return FileVisitResult.CONTINUE;
    }
}
