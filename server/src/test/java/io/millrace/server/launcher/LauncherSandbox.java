package io.millrace.server.launcher;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A source tree with the real launcher in it, whose PATH holds the few tools that the launcher may use, a fake
 * {@code mvn} that notes that it was called and makes a jar, and a fake {@code java} that prints its arguments. The
 * directory's name has a space in it.
 */
final class LauncherSandbox implements AutoCloseable {
    private static final List<String> TOOLS = List.of(
            "chmod",
            "cp",
            "date",
            "dirname",
            "find",
            "flock",
            "ln",
            "mkdir",
            "mktemp",
            "mv",
            "readlink",
            "rm",
            "sed",
            "sh",
            "sleep",
            "tail");
    private static final String NOTE_MAVEN = "#!/bin/sh\nprintf '%s\\n' \"$*\" >>\"$SANDBOX/maven.log\"\n";
    private static final String MAKE_JAR =
            "mkdir -p server/target/millrace/lib && : >server/target/millrace/lib/millrace.jar\n";
    private static final int TIMEOUT_SECONDS = 60;

    final Path root;
    final Path home;
    final Map<String, String> environment = new TreeMap<>();

    /** Every started launcher, with the file that its standard error goes to. */
    private final Map<Process, Path> processes = new LinkedHashMap<>();

    /** What a launcher did. */
    record Result(int status, List<String> output, String errors) {}

    LauncherSandbox(Path directory) throws IOException {
        root = Files.createDirectory(directory.resolve("a b"));
        home = Files.createDirectory(root.resolve("home"));
        Files.createDirectories(home.resolve("base/src/main/java"));
        Files.createDirectories(home.resolve("server/src/main/java"));
        Files.writeString(home.resolve("pom.xml"), "");
        Files.writeString(home.resolve("server/pom.xml"), "");
        Files.writeString(home.resolve("base/src/main/java/A.java"), "");
        long past = Instant.now().minusSeconds(3600).toEpochMilli();
        try (Stream<Path> files = Files.walk(home)) {
            for (Path file : files.toList()) {
                Files.setLastModifiedTime(file, FileTime.fromMillis(past));
            }
        }
        program(home.resolve("millrace"), launcher());
        Path bin = Files.createDirectory(root.resolve("bin"));
        for (String tool : TOOLS) {
            program(bin.resolve(tool), "#!/bin/sh\nexec " + which(tool) + " \"$@\"\n");
        }
        maven(MAKE_JAR);
        javaVersion(17);
        environment.put("PATH", bin.toString());
        environment.put("SANDBOX", root.toString());
        meminfo(8L << 30);
    }

    /** The launcher, reading the memory of the machine from the sandbox. */
    private String launcher() throws IOException {
        String text = Files.readString(Path.of("..", "millrace"));
        String changed = text.replace("\nproc=/proc\n", "\nproc=" + quoted(root.resolve("proc")) + "\n")
                .replace("\ncgroups=/sys/fs/cgroup\n", "\ncgroups=" + quoted(root.resolve("cgroup")) + "\n");
        if (changed.equals(text)) {
            throw new IllegalStateException("the launcher no longer names /proc where this test expects it");
        }
        return changed;
    }

    private static String quoted(Path path) {
        return "'" + path + "'";
    }

    static Path which(String tool) {
        return Stream.of("/usr/bin", "/bin")
                .map(directory -> Path.of(directory, tool))
                .filter(Files::exists)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("this machine has no " + tool));
    }

    /** Makes the fake Maven do {@code script}. */
    void maven(String script) throws IOException {
        program(root.resolve("bin/mvn"), NOTE_MAVEN + script);
    }

    /** Makes the fake Maven wait for {@link #release} before it makes its jar. */
    void mavenThatWaits(String fifo) throws Exception {
        makeFifo(fifo);
        maven("read -r line <\"$SANDBOX/" + fifo + "\"\n" + MAKE_JAR);
    }

    /** Makes the fake Java tell that it is of this version, in the file {@code release}. */
    void javaVersion(int major) throws IOException {
        java("printf '%s\\n' \"$@\"\nprintf 'LC_CTYPE=%s\\n' \"${LC_CTYPE:-}\"\n");
        Files.writeString(root.resolve("release"), "JAVA_VERSION=\"" + major + ".0.1\"\n");
    }

    /** Makes the fake Java do {@code script}. */
    void java(String script) throws IOException {
        program(root.resolve("bin/java"), "#!/bin/sh\n" + script);
    }

    void makeFifo(String name) throws Exception {
        new ProcessBuilder("mkfifo", root.resolve(name).toString()).start().waitFor();
    }

    /** Lets one reader of the fifo go on; waits until there is one. */
    void release(String fifo) throws IOException {
        Files.writeString(root.resolve(fifo), "go\n");
    }

    void meminfo(long bytes) throws IOException {
        Files.createDirectories(root.resolve("proc/self"));
        Files.writeString(root.resolve("proc/meminfo"), "MemFree: 1 kB\nMemTotal:   " + bytes / 1024 + " kB\n");
        Files.writeString(root.resolve("proc/self/cgroup"), "0::/\n");
    }

    void write(String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    /** The calls of Maven so far. */
    List<String> mavenCalls() throws IOException {
        Path log = root.resolve("maven.log");
        return Files.exists(log) ? Files.readAllLines(log) : List.of();
    }

    /** The directories of builds that are kept. */
    List<Path> builds() throws IOException {
        try (Stream<Path> files = Files.list(home.resolve(".build"))) {
            return files.filter(file -> file.getFileName().toString().startsWith("run."))
                    .toList();
        }
    }

    Result run(String... arguments) throws Exception {
        return run(home.resolve("millrace"), arguments);
    }

    Result run(Path launcher, String... arguments) throws Exception {
        return finish(start(launcher, arguments));
    }

    Process start(String... arguments) throws IOException {
        return start(home.resolve("millrace"), arguments);
    }

    private Process start(Path launcher, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(launcher.toString()));
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command).directory(root.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        builder.redirectError(Files.createTempFile(root, "errors", ".txt").toFile());
        Process process = builder.start();
        processes.put(process, builder.redirectError().file().toPath());
        return process;
    }

    Result finish(Process process) throws Exception {
        if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("the launcher does not end; " + errors(process));
        }
        List<String> output = process.inputReader().lines().toList();
        return new Result(process.exitValue(), output, errors(process));
    }

    /** What {@code process} wrote to standard error so far. */
    String errors(Process process) {
        try {
            return Files.readString(processes.get(process));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void program(Path file, String text) throws IOException {
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @Override
    public void close() {
        for (Process process : processes.keySet()) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }
}
