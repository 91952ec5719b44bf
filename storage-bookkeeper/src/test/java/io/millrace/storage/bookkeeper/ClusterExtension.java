package io.millrace.storage.bookkeeper;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A cluster for all tests of a class, each of which uses a root of its own. */
final class ClusterExtension implements BeforeAllCallback, AfterAllCallback {
    private static final int BOOKIES = 3;

    private Path directory;
    private LocalCluster cluster;
    private int roots;

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        directory = Files.createTempDirectory("millrace-cluster");
        cluster = new LocalCluster(directory, BOOKIES);
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        cluster.close();
        try (var files = Files.walk(directory)) {
            files.sorted((a, b) -> b.compareTo(a)).forEach(each -> each.toFile().delete());
        }
    }

    LocalCluster cluster() {
        return cluster;
    }

    /** Small sizes, so that logs roll, and a root that nobody else has. */
    BookKeeperOptions options(int shards) {
        return BookKeeperOptions.of(cluster.zooKeeper())
                .withRoot("/millrace/test-" + roots++)
                .withShards(shards)
                .withTimes(5000, 2000, 20_000)
                .withSizes(new BookKeeperOptions.Sizes(1 << 20, 4 << 20, 64 << 10, 4, 1 << 20, 16 << 10, 16 << 10));
    }
}
