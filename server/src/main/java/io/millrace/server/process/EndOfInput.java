package io.millrace.server.process;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Tells a child that its parent has gone: the pipe that is its standard input ends with the parent, however that ends.
 * What comes through it before is thrown away.
 */
public final class EndOfInput {
    private EndOfInput() {}

    /** Runs {@code action} when standard input has ended, on a daemon thread of its own. */
    public static void await(Runnable action) {
        var thread = new Thread(() -> watch(action), "end-of-input");
        thread.setDaemon(true);
        thread.start();
    }

    private static void watch(Runnable action) {
        try (var input = new FileInputStream(FileDescriptor.in)) {
            input.transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            // As good as its end.
        }
        action.run();
    }
}
