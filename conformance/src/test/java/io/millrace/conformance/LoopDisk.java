package io.millrace.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A disk with ext4 in a file, whose power can be cut: what was not synced is gone then, as far as the file system had
 * not written it by chance. For root, on Linux. The test's thread.
 */
final class LoopDisk implements AutoCloseable {
    private static final List<String> TOOLS = List.of("mkfs.ext4", "losetup", "mount", "xfs_io");

    private final Path folder;
    private final Path image;
    private final Path mountPoint;
    private boolean mounted;

    /** Makes a disk of {@code mebibytes} in {@code folder}, and mounts it at {@code mountPoint}. */
    LoopDisk(Path folder, Path mountPoint, int mebibytes) throws IOException, InterruptedException {
        this.folder = folder;
        this.image = folder.resolve("disk.img");
        this.mountPoint = Files.createDirectories(mountPoint);
        run("truncate", "--size", mebibytes + "M", image.toString());
        run("mkfs.ext4", "-q", image.toString());
        mount();
    }

    /** Why there can be no such disk here; empty where there can. Gets the tool that cuts the power, if it can. */
    static String whatIsMissing(Path folder) throws InterruptedException {
        try {
            if (!"0".equals(output(folder, "id", "-u"))) {
                return "this needs root";
            }
            if (!has(folder, "xfs_io")) {
                FinishedProcess.run(
                        folder,
                        Map.of("DEBIAN_FRONTEND", "noninteractive"),
                        "",
                        List.of("apt-get", "install", "-y", "-qq", "--no-install-recommends", "xfsprogs"));
            }
            for (String each : TOOLS) {
                if (!has(folder, each)) {
                    return "there is no " + each;
                }
            }
            return Files.exists(Path.of("/dev/loop-control")) ? "" : "there are no loop devices";
        } catch (IOException e) {
            return "no command can be run: " + e.getMessage();
        }
    }

    /** From now on nothing reaches the disk, and every operation fails. */
    void cut() throws IOException, InterruptedException {
        run("xfs_io", "-x", "-c", "shutdown", mountPoint.toString());
    }

    /** Power is back. Nobody may have a file open. */
    void restore() throws IOException, InterruptedException {
        unmount();
        mount();
    }

    @Override
    public void close() throws IOException {
        try {
            if (mounted) {
                unmount();
            }
            Files.delete(image);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the disk was unmounted", e);
        }
    }

    private void mount() throws IOException, InterruptedException {
        run("mount", "-o", "loop", image.toString(), mountPoint.toString());
        mounted = true;
    }

    private void unmount() throws IOException, InterruptedException {
        run("umount", mountPoint.toString());
        mounted = false;
    }

    private static boolean has(Path folder, String tool) throws IOException, InterruptedException {
        return !output(folder, "sh", "-c", "PATH=$PATH:/sbin:/usr/sbin command -v " + tool)
                .isEmpty();
    }

    private static String output(Path folder, String... command) throws IOException, InterruptedException {
        return FinishedProcess.run(folder, Map.of(), "", List.of(command))
                .output()
                .trim();
    }

    private void run(String... command) throws IOException, InterruptedException {
        FinishedProcess done = FinishedProcess.run(folder, Map.of(), "", List.of(command));
        if (done.status() != 0) {
            throw new IOException(String.join(" ", command) + " has failed: " + done.output());
        }
    }
}
