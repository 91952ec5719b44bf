package io.millrace.testkit;

import io.millrace.base.file.FileSystem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;

/** The simulated disk keeps the contract while nothing goes wrong. */
class SimulatedFileSystemContractTest extends FileSystemContract {
    private final FileSystem fileSystem = new SimulatedFileSystem(new SplittableRandom(1));

    @BeforeEach
    void makeTheDirectory() throws IOException {
        fileSystem.createDirectories(directory());
    }

    @Override
    protected FileSystem fileSystem() {
        return fileSystem;
    }

    @Override
    protected Path directory() {
        return Path.of("/data");
    }
}
