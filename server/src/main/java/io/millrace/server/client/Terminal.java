package io.millrace.server.client;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What is known of the terminal that the standard streams may lead to. Immutable; any thread.
 *
 * @param output whether standard output is a terminal
 * @param errors whether standard error is one
 * @param styled whether it shows colours and moves its cursor
 * @param columns its width
 */
public record Terminal(boolean output, boolean errors, boolean styled, int columns) {
    /** Output that nobody watches. */
    public static final Terminal NONE = new Terminal(false, false, false, 80);

    private static final int COLUMNS_MIN = 40;
    private static final int COLUMNS_MAX = 1000;
    private static final int STTY_MILLIS_MAX = 500;
    private static final List<String> DEVICES = List.of("/dev/pts/", "/dev/tty", "/dev/console");

    /** The terminal of this process. Starts {@code stty} to ask for its width. */
    public static Terminal ofThisProcess(Map<String, String> environment) {
        boolean output = isTerminal(1);
        boolean errors = isTerminal(2);
        if (!output && !errors) {
            return NONE;
        }
        String kind = environment.getOrDefault("TERM", "dumb");
        boolean styled =
                !kind.equals("dumb") && environment.getOrDefault("NO_COLOR", "").isEmpty();
        return new Terminal(output, errors, styled, columns(environment));
    }

    /**
     * Whether a file descriptor of this process is open on a terminal. Linux names what a descriptor is open on
     * (proc_pid_fd(5)); Java has no question for it.
     */
    static boolean isTerminal(int descriptor) {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor))
                    .toString();
            return DEVICES.stream().anyMatch(target::startsWith);
        } catch (IOException e) {
            return false;
        }
    }

    private static int columns(Map<String, String> environment) {
        String told = environment.getOrDefault("COLUMNS", "");
        return parseColumns(told.isEmpty() ? askStty() : "rows " + told);
    }

    /** The second word of {@code size}; the usual width where that is no sensible one. */
    static int parseColumns(String size) {
        String[] words = size.strip().split(" ", -1);
        try {
            int columns = Integer.parseInt(words[words.length - 1]);
            return columns >= COLUMNS_MIN && columns <= COLUMNS_MAX ? columns : NONE.columns;
        } catch (NumberFormatException e) {
            return NONE.columns;
        }
    }

    private static String askStty() {
        try {
            Process stty = new ProcessBuilder("stty", "size")
                    .redirectInput(Path.of("/dev/tty").toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!stty.waitFor(STTY_MILLIS_MAX, TimeUnit.MILLISECONDS)) {
                stty.destroyForcibly();
                return "";
            }
            return new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        } catch (IOException e) {
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }
}
