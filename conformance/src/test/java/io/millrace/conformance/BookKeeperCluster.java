package io.millrace.conformance;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A ZooKeeper and three bookies for the tests of a class, in a process of their own. */
final class BookKeeperCluster implements BeforeAllCallback, AfterAllCallback {
    private static final String ANNOUNCEMENT = "ZooKeeper at ";

    private Path directory;
    private Process process;
    private String zooKeeper;
    private int roots;

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        directory = Files.createTempDirectory("millrace-cluster");
        List<String> command = QuickJvm.command(directory);
        command.addAll(List.of(
                "-Xmx384m",
                "-Djava.net.preferIPv4Stack=true",
                "--add-opens=java.base/java.io=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "io.millrace.storage.bookkeeper.ClusterProcess",
                "cluster",
                directory.toString(),
                "3"));
        process = new ProcessBuilder(command)
                .redirectError(directory.resolve("log").toFile())
                .start();
        var output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String line = output.readLine();
        while (line != null && !line.startsWith(ANNOUNCEMENT)) {
            line = output.readLine();
        }
        if (line == null) {
            throw new IOException("the cluster does not start:\n" + Files.readString(directory.resolve("log")));
        }
        zooKeeper = line.substring(ANNOUNCEMENT.length());
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        process.destroyForcibly();
        process.onExit().orTimeout(5, TimeUnit.MINUTES).join();
        try (var files = Files.walk(directory)) {
            files.sorted((a, b) -> b.compareTo(a)).forEach(each -> each.toFile().delete());
        }
    }

    String zooKeeper() {
        return zooKeeper;
    }

    /** The flags of a broker on a store that nobody has used before. */
    List<String> newStore() {
        return List.of(
                "--storage",
                "bookkeeper",
                "--zookeeper",
                zooKeeper,
                "--set",
                "storage.bookkeeper.root=/test-" + roots++);
    }
}
