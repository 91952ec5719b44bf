package io.millrace.base.file;

import com.sun.jna.Native;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What Linux offers for files and Java does not: {@code fallocate(2)} and {@code posix_fadvise(2)}, called by JNA.
 * Files are named, not handed over, for Java does not tell the descriptor of a channel; both calls are about the file
 * and not about who has it open.
 *
 * <p>Loaded when it is used first. Where that cannot be (another system, another C library, no place that libraries can
 * be run from), nothing is reserved and no advice is given, which the log says once. Stateless; any thread.
 */
final class LinuxFiles {
    /** From {@code fcntl.h}. On s390x the second has another number; this one is refused there and does nothing. */
    static final int WILL_NEED = 3;

    static final int DONT_NEED = 4;

    private static final Logger LOG = LoggerFactory.getLogger(LinuxFiles.class);
    private static final int READ_ONLY = 0;
    private static final int READ_WRITE = 2;
    private static final int CLOSE_ON_EXEC = 0x80000;
    /** From {@code errno.h}. */
    private static final int NOT_PERMITTED = 1;

    private static final int INTERRUPTED = 4;
    private static final int NO_SUCH_DEVICE = 19;
    private static final int NO_SPACE = 28;
    private static final int NOT_IMPLEMENTED = 38;
    private static final int NOT_SUPPORTED = 95;
    private static final int OVER_QUOTA = 122;
    /** In which Java gives names to the system. */
    private static final Charset NAMES =
            Charset.forName(System.getProperty("sun.jnu.encoding", StandardCharsets.UTF_8.name()));

    private static final boolean AVAILABLE = load();

    private LinuxFiles() {}

    private static boolean load() {
        String reason;
        try {
            // Offsets are longs where pointers are; elsewhere these functions have other names.
            if (System.getProperty("os.name").equals("Linux") && Native.POINTER_SIZE == Long.BYTES) {
                Native.register(LinuxFiles.class, "c");
                return true;
            }
            reason = "this is no Linux of 64 bits";
        } catch (LinkageError | RuntimeException e) {
            reason = e.toString();
        }
        LOG.info("files are filled with zeros and read without advice to the kernel: {}", reason);
        return false;
    }

    /** Whether the calls reach the system. */
    static boolean isAvailable() {
        return AVAILABLE;
    }

    /** As {@link StorageFile#reserve}, for the file with this name. */
    static boolean reserve(Path path, long bytes) throws IOException {
        int descriptor = AVAILABLE ? open(path, READ_WRITE) : -1;
        if (descriptor < 0) {
            return false;
        }
        try {
            int error;
            do {
                error = fallocate(descriptor, 0, 0, bytes) == 0 ? 0 : Native.getLastError();
            } while (error == INTERRUPTED);
            return isReserved(error, path, bytes);
        } finally {
            close(descriptor);
        }
    }

    /** Whether the space is there, by the error that the call has left; 0 for none. */
    static boolean isReserved(int error, Path path, long bytes) throws IOException {
        return switch (error) {
            case 0 -> true;
            case NOT_SUPPORTED, NOT_IMPLEMENTED, NOT_PERMITTED, NO_SUCH_DEVICE -> false;
            case NO_SPACE, OVER_QUOTA ->
                throw new OutOfSpaceException(path + ": no space left to reserve " + bytes + " bytes");
            default -> throw new IOException(path + ": cannot reserve " + bytes + " bytes, error " + error);
        };
    }

    /** Tells the kernel what will be done with these bytes; what it makes of that is its own affair. */
    static void advise(Path path, long position, long bytes, int advice) {
        int descriptor = AVAILABLE ? open(path, READ_ONLY) : -1;
        if (descriptor >= 0) {
            posix_fadvise(descriptor, position, bytes, advice);
            close(descriptor);
        }
    }

    private static int open(Path path, int mode) {
        byte[] name = path.toString().getBytes(NAMES);
        return open(Arrays.copyOf(name, name.length + 1), mode | CLOSE_ON_EXEC);
    }

    // Of the C library; the path ends with a zero.

    private static native int open(byte[] path, int flags);

    private static native int close(int descriptor);

    private static native int fallocate(int descriptor, int mode, long offset, long bytes);

    private static native int posix_fadvise(int descriptor, long offset, long bytes, int advice);
}
