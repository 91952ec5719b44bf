package io.millrace.server.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The temporary folder of one demo: the broker's data directory, its ready file, logs of all processes. Any thread. */
final class DemoFolder implements AutoCloseable {
    private final Path path;
    private final boolean keep;

    private DemoFolder(Path path, boolean keep) {
        this.path = path;
        this.keep = keep;
    }

    /** Makes a folder where {@code environment} says that temporary files go, else where Java says so. */
    static DemoFolder create(Map<String, String> environment, boolean keep) throws IOException {
        Path parent = Path.of(environment.getOrDefault("TMPDIR", System.getProperty("java.io.tmpdir")));
        return new DemoFolder(
                Files.createTempDirectory(parent, "millrace-demo-").toRealPath(), keep);
    }

    Path path() {
        return path;
    }

    Path data() {
        return path.resolve("data");
    }

    Path readyFile() {
        return path.resolve("ready.json");
    }

    Path log(String process) {
        return path.resolve(process + ".log");
    }

    /** Removes everything, unless it is to be kept. Nothing may still write there. */
    @Override
    public void close() throws IOException {
        if (keep || Files.notExists(path)) {
            return;
        }
        List<Path> all;
        try (Stream<Path> tree = Files.walk(path)) {
            all = tree.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path each : all) {
            Files.deleteIfExists(each);
        }
    }
}
