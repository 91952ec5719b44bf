package io.millrace.server.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * {@code doors.<name>.*}: where a door listens.
 *
 * <p>Immutable; any thread.
 *
 * @param port 0 for any free one
 * @param advertise what clients are told to connect to, where it is not where the door listens
 * @param tls present where the door speaks TLS only
 */
public record DoorSettings(
        String name, boolean enabled, String host, int port, Optional<HostPort> advertise, Optional<TlsFiles> tls) {
    private static final String LOOPBACK = "127.0.0.1";

    /** PEM files of a door that speaks TLS. */
    public record TlsFiles(Path certificate, Path key) {}

    /** The name of the key that holds {@link #host}. */
    public String hostKey() {
        return "doors." + name + ".host";
    }

    /** The name of the key that holds {@link #port}. */
    public String portKey() {
        return "doors." + name + ".port";
    }

    DoorSettings onFreePort() {
        return new DoorSettings(name, enabled, LOOPBACK, 0, Optional.empty(), tls);
    }
}
