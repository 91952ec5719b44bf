package io.millrace.server.process;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.server.config.HostPort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.TreeMap;

/**
 * A file that tells other programs that the broker is ready and where its doors are: a JSON object of door name to
 * {@code host:port}. Whoever sees the file sees all of it, for it is written beside its place and moved there.
 */
final class ReadyFile {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Map<String, String> CONNECTABLE = Map.of("0.0.0.0", "127.0.0.1", "::", "::1");

    private final Path path;

    ReadyFile(Path path) {
        this.path = path.toAbsolutePath();
    }

    /** Writes the file, over an older one. */
    void write(Map<String, HostPort> doors) throws IOException {
        var addresses = new TreeMap<String, String>();
        doors.forEach(
                (name, address) -> addresses.put(name, connectable(address).toString()));
        Path temporary = path.resolveSibling(path.getFileName() + ".new");
        try {
            Files.writeString(temporary, JSON.writeValueAsString(addresses) + "\n");
            Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    void remove() throws IOException {
        Files.deleteIfExists(path);
    }

    /** A door that listens on every address is reached on this machine through loopback. */
    private static HostPort connectable(HostPort address) {
        return new HostPort(CONNECTABLE.getOrDefault(address.host(), address.host()), address.port());
    }
}
