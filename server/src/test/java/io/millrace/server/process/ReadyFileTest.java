package io.millrace.server.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.server.config.HostPort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The ready file holds addresses that can be connected to, and leaves nothing else behind. */
class ReadyFileTest {
    @TempDir
    Path directory;

    @Test
    void itMapsDoorsToAddresses() throws Exception {
        Path file = directory.resolve("ready.json");
        new ReadyFile(file)
                .write(Map.of(
                        "kafka", new HostPort("::1", 9092),
                        "http", new HostPort("127.0.0.1", 8080)));

        assertThat(file).hasContent("{\"http\":\"127.0.0.1:8080\",\"kafka\":\"[::1]:9092\"}");
    }

    @Test
    void aDoorOnEveryAddressIsReachedThroughLoopback() throws Exception {
        Path file = directory.resolve("ready.json");
        new ReadyFile(file)
                .write(Map.of("a", new HostPort("0.0.0.0", 1), "b", new HostPort("::", 2), "c", new HostPort("h", 3)));

        assertThat(file).hasContent("{\"a\":\"127.0.0.1:1\",\"b\":\"[::1]:2\",\"c\":\"h:3\"}");
    }

    @Test
    void anOlderFileIsReplacedAndNothingElseIsLeft() throws Exception {
        Path file = Files.writeString(directory.resolve("ready.json"), "old");
        var ready = new ReadyFile(file);
        ready.write(Map.of());

        assertThat(directory).isDirectoryContaining(path -> path.equals(file));
        assertThat(directory.toFile().list()).containsExactly("ready.json");
        ready.remove();
        ready.remove();
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void aFailureLeavesNothingBehind() throws Exception {
        Path file = Files.createDirectory(directory.resolve("ready.json"));
        Files.createFile(file.resolve("child"));

        assertThatThrownBy(() -> new ReadyFile(file).write(Map.of())).isInstanceOf(IOException.class);
        assertThat(directory.toFile().list()).containsExactly("ready.json");
    }
}
