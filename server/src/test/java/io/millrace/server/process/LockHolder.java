package io.millrace.server.process;

import io.millrace.base.Clock;
import java.io.IOException;
import java.nio.file.Path;

/** Program for tests: locks a directory, says so or why not, and keeps it until its input ends. */
final class LockHolder {
    private LockHolder() {}

    public static void main(String[] arguments) throws IOException {
        try (var lock = DirectoryLock.take(Path.of(arguments[0]), Clock.SYSTEM)) {
            System.out.println("locked " + lock.getClass().getSimpleName());
            System.in.transferTo(System.out);
        } catch (StartException e) {
            System.out.println("refused: " + e.getMessage());
        }
    }
}
