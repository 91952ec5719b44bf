package io.millrace.testkit;

import io.millrace.base.file.FileSystem;
import io.millrace.base.file.StorageFile;
import io.millrace.testkit.DiskOperation.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * A disk in memory that does what real disks may do: it loses, reorders and tears what was not synced, refuses, fills
 * up, and forgets what a failed sync should have written. Empty at first but for its root.
 *
 * <p>What may be found after a {@linkplain #crash power cut}:
 *
 * <ul>
 *   <li>of a file, what it had when it was last synced, and on top of that any part of any write since, down to single
 *       sectors and torn ones, in any combination; its length is one that it had, or lies between two that it had. What
 *       is missing inside reads as before, or as zeros;
 *   <li>of names, what they were when their directory was last synced, and on top of that any of the creates, renames
 *       and deletes since, except that those which concern the same name keep their order. A rename happens as a whole.
 *       A lost name loses the file, synced or not.
 * </ul>
 *
 * <p>After a {@linkplain #kill kill} of the process alone everything written is found, and is still not durable: a
 * later power cut may take it.
 *
 * <p>Operations that change something are numbered ({@link DiskOperation}); a run can be made to die in each of them.
 * From a crash or kill until {@link #restart} everything throws {@link SimulatedCrash}; what was opened before throws
 * it for ever, except that it can be closed.
 *
 * <p>Any thread. Chance comes from the given generators alone: one thread and one seed repeat a run exactly.
 */
public final class SimulatedFileSystem implements FileSystem {
    private final SimulatedDisk disk;

    /** Makes an empty disk that draws the details of faults and of scheduled deaths from {@code random}. */
    public SimulatedFileSystem(RandomGenerator random) {
        disk = new SimulatedDisk(random);
    }

    /** What goes wrong without a crash. */
    public DiskFaults faults() {
        return disk.faults;
    }

    /**
     * Sets how many bytes fit on the disk; may be raised, and lowered below what is there. At first there is no end.
     */
    public void capacity(long bytes) {
        synchronized (disk) {
            disk.space.capacity(bytes);
        }
    }

    /** Sets whether files can be reserved, as not all file systems can do it; at first they can. */
    public void canReserve(boolean can) {
        synchronized (disk) {
            disk.space.canReserve(can);
        }
    }

    /** Has {@code hook} told of each operation from now on, in place of the hook before. */
    public void onOperation(OperationHook hook) {
        disk.hook(hook);
    }

    /** The number of the last operation, 0 at first. */
    public long operations() {
        return disk.operations();
    }

    /** One number for all operations so far, and for all bytes that were written: a seed repeats it. */
    public long digest() {
        synchronized (disk) {
            return disk.events.value();
        }
    }

    /** Whether a crash or kill waits for the restart. */
    public boolean isDown() {
        return disk.isDown();
    }

    /** Cuts the power now; what survives is drawn from {@code random}. May follow a kill. */
    public void crash(RandomGenerator random) {
        disk.crash(PowerCut.any(random));
    }

    /** Cuts the power now, with this outcome for all that was not synced. */
    public void crash(Survival survival, RandomGenerator random) {
        disk.crash(PowerCut.with(survival, random));
    }

    /** Kills the process now; the disk keeps its power. */
    public void kill() {
        disk.kill();
    }

    /** Cuts the power in the operation of this number, which must be to come; only the last call counts. */
    public void crashAt(long operation) {
        disk.dieAt(operation, true);
    }

    /** Kills the process in the operation of this number, which must be to come; only the last call counts. */
    public void killAt(long operation) {
        disk.dieAt(operation, false);
    }

    /** Lets a new process use the disk, after a crash or kill. */
    public void restart() {
        disk.restart();
    }

    /** Inverts one bit (0 to 7) of the byte at {@code position} of a file, on the disk as well as in memory. */
    public void flipBit(Path path, long position, int bit) throws IOException {
        synchronized (disk) {
            SimulatedFile file = disk.tree.file(path);
            if (position < 0 || position >= file.length() || bit < 0 || bit > 7) {
                throw new IllegalArgumentException("no bit " + bit + " at " + position + " of " + path);
            }
            file.flip(position, bit);
        }
    }

    @Override
    public StorageFile create(Path path) throws IOException {
        SimulatedFile file = new SimulatedFile();
        int life = disk.life();
        disk.perform(Kind.CREATE, path, life, () -> disk.tree.add(path, file));
        return handle(file, path, life);
    }

    @Override
    public StorageFile open(Path path) throws IOException {
        synchronized (disk) {
            int life = disk.life();
            return handle(disk.tree.file(path), path, life);
        }
    }

    @Override
    public boolean exists(Path path) {
        synchronized (disk) {
            disk.life();
            return disk.tree.find(path) != null;
        }
    }

    @Override
    public List<Path> list(Path directory) throws IOException {
        synchronized (disk) {
            disk.life();
            return disk.tree.fileNames(directory).stream()
                    .map(directory::resolve)
                    .sorted()
                    .toList();
        }
    }

    @Override
    public long size(Path path) throws IOException {
        synchronized (disk) {
            disk.life();
            return disk.tree.file(path).length();
        }
    }

    @Override
    public void createDirectories(Path directory) throws IOException {
        Deque<Path> missing = new ArrayDeque<>();
        Path at = directory.toAbsolutePath();
        for (; at != null && !isDirectory(at); at = at.getParent()) {
            missing.push(at);
        }
        Path above = at == null ? null : at.getParent();
        if (above != null) {
            syncDirectory(above);
        }
        for (Path each : missing) {
            int life = disk.life();
            disk.perform(Kind.CREATE_DIRECTORY, each, life, () -> disk.tree.add(each, new SimulatedDirectory()));
            Path parent = each.getParent();
            if (parent != null) {
                syncDirectory(parent);
            }
        }
    }

    @Override
    public void rename(Path source, Path target) throws IOException {
        disk.perform(Kind.RENAME, source, disk.life(), () -> {
            SimulatedFile replaced = disk.tree.rename(source, target);
            if (replaced != null) {
                disk.unnamed(replaced);
            }
        });
    }

    @Override
    public void delete(Path path) throws IOException {
        disk.perform(Kind.DELETE, path, disk.life(), () -> {
            if (disk.tree.remove(path) instanceof SimulatedFile file) {
                disk.unnamed(file);
            }
        });
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        disk.perform(Kind.SYNC_DIRECTORY, directory, disk.life(), new DirectorySync(disk, directory));
    }

    @Override
    public long usableBytes(Path path) throws IOException {
        synchronized (disk) {
            disk.life();
            return disk.space.usableBytes();
        }
    }

    private boolean isDirectory(Path path) {
        synchronized (disk) {
            disk.life();
            return disk.tree.find(path) instanceof SimulatedDirectory;
        }
    }

    private StorageFile handle(SimulatedFile file, Path path, int life) {
        synchronized (disk) {
            return new SimulatedFileHandle(disk, file, path, life);
        }
    }
}
