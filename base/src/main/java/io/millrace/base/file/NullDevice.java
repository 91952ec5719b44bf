package io.millrace.base.file;

import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The device that drops what it is given. Open for as long as the process lives; any thread. */
final class NullDevice {
    /** Null where the system has none. */
    static final @Nullable FileChannel CHANNEL = open();

    private NullDevice() {}

    private static @Nullable FileChannel open() {
        try {
            return FileChannel.open(Path.of("/dev/null"), WRITE);
        } catch (IOException | RuntimeException e) {
            return null;
        }
    }
}
