package io.millrace.server.client;

import io.millrace.server.process.StopSignals;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * What a command sees of the shell that started it, where picocli's writers of text do not do.
 *
 * @param environment environment variables
 * @param input standard input, unbuffered
 * @param output standard output for bytes, unbuffered
 * @param terminal what the standard streams lead to
 * @param signals is given what to do on SIGINT and SIGTERM, instead of dying
 * @param secrets asks the user for a secret; empty where nobody is there to be asked
 */
public record Shell(
        Map<String, String> environment,
        InputStream input,
        OutputStream output,
        Terminal terminal,
        Consumer<Consumer<String>> signals,
        Function<String, Optional<String>> secrets) {
    /** The shell that started this process. */
    public static Shell ofThisProcess() {
        return new Shell(
                System.getenv(),
                new FileInputStream(FileDescriptor.in),
                new FileOutputStream(FileDescriptor.out),
                Terminal.ofThisProcess(System.getenv()),
                StopSignals::handle,
                Shell::ask);
    }

    /** A console is only asked where somebody types: newer versions of Java have one in any case. */
    private static Optional<String> ask(String question) {
        return Terminal.isTerminal(0)
                ? Optional.ofNullable(System.console())
                        .map(console -> console.readPassword("%s", question))
                        .map(String::new)
                : Optional.empty();
    }
}
