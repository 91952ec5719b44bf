package io.millrace.server.process;

import io.millrace.base.Clock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;

/**
 * Keeps a data directory to one process: a lock of the operating system on the file {@code lock} in it, which ends with
 * the process however it ends. The file says in words who holds the lock; it stays when the lock is given back, because
 * removing it could remove the lock of the next holder.
 *
 * <p>{@link #take} is safe for any thread, {@link #close} for the thread that holds the lock.
 */
public final class DirectoryLock implements AutoCloseable {
    private static final int TEXT_BYTES_MAX = 256;

    /**
     * Directories locked by this process. The operating system would give back the lock of the whole process when any
     * channel to the file is closed, so a second one must not even be opened.
     */
    private static final Set<Path> HELD = new HashSet<>();

    private final Path directory;
    private final FileChannel channel;

    private DirectoryLock(Path directory, FileChannel channel) {
        this.directory = directory;
        this.channel = channel;
    }

    /** Locks {@code directory}, which is made if it does not exist; refuses if another process has it. */
    public static DirectoryLock take(Path directory, Clock clock) throws StartException {
        try {
            make(directory.toAbsolutePath());
            Path real = directory.toRealPath();
            synchronized (HELD) {
                if (HELD.contains(real)) {
                    throw inUse(directory, "this process");
                }
                DirectoryLock lock = lock(real, clock);
                HELD.add(real);
                return lock;
            }
        } catch (IOException e) {
            throw new StartException("the data directory " + directory + " cannot be used: " + FailureReason.of(e), e);
        }
    }

    /** What is stored is for this user only. */
    private static void make(Path directory) throws IOException {
        Path parent = directory.getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        try {
            Files.createDirectory(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(directory)) {
                throw e;
            }
        }
    }

    private static DirectoryLock lock(Path directory, Clock clock) throws IOException, StartException {
        FileChannel channel = FileChannel.open(
                directory.resolve("lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
        try {
            FileLock lock = channel.tryLock();
            if (lock == null) {
                throw inUse(directory, holder(channel));
            }
            write(
                    channel,
                    "process " + ProcessHandle.current().pid() + " on " + hostName() + " since "
                            + Instant.ofEpochMilli(clock.epochMillis()));
            return new DirectoryLock(directory, channel);
        } catch (IOException | StartException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static void write(FileChannel channel, String text) throws IOException {
        channel.truncate(0);
        ByteBuffer bytes = StandardCharsets.UTF_8.encode(text + "\n");
        while (bytes.hasRemaining()) {
            channel.write(bytes, bytes.position());
        }
    }

    private static String holder(FileChannel channel) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(TEXT_BYTES_MAX);
        channel.read(bytes, 0);
        String text = StandardCharsets.UTF_8.decode(bytes.flip()).toString().strip();
        return text.isEmpty() ? "another process" : text.replaceAll("\\p{Cntrl}", "?");
    }

    private static String hostName() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        } catch (IOException e) {
            return "this machine";
        }
    }

    private static StartException inUse(Path directory, String holder) {
        return new DirectoryInUseException("the data directory " + directory + " is in use by " + holder
                + ". Stop that, or choose another directory with --data.");
    }

    /** Gives the directory back. */
    @Override
    public void close() {
        synchronized (HELD) {
            HELD.remove(directory);
            try (channel) {
                channel.truncate(0);
            } catch (IOException e) {
                // The text in the file is for people only, and the lock ends with the process in any case.
            }
        }
    }
}
