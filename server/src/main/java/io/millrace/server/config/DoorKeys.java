package io.millrace.server.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The keys of one door; every door has the same ones under its own name. */
record DoorKeys(
        String door,
        Key<Boolean> enabled,
        Key<String> host,
        Key<Integer> port,
        Key<Optional<HostPort>> advertise,
        Key<Optional<Path>> certificate,
        Key<Optional<Path>> key) {

    /** The keys of the door {@code door}, which speaks {@code protocol} and has {@code port} by custom. */
    static DoorKeys of(String door, int port, String protocol) {
        String prefix = "doors." + door + ".";
        return new DoorKeys(
                door,
                Key.of(prefix + "enabled", ValueType.flag(), "true", "Whether the door for " + protocol + " opens."),
                Key.of(
                        prefix + "host",
                        ValueType.host(),
                        "127.0.0.1",
                        "Where it listens; an address that other machines reach needs a user first."),
                Key.of(prefix + "port", ValueType.port(), Integer.toString(port), "The port that it listens on."),
                Key.of(
                        prefix + "advertise",
                        ValueType.optional(ValueType.hostPort()),
                        "",
                        "What clients are told to connect to, where that is not where it listens: at the start, in"
                                + " /v1/openapi.yaml."),
                Key.of(
                        prefix + "tls.certificate",
                        ValueType.optional(ValueType.path()),
                        "",
                        "PEM file with the certificate chain; with it the door speaks TLS only."),
                Key.of(
                        prefix + "tls.key",
                        ValueType.optional(ValueType.path()),
                        "",
                        "PEM file with the private key of the certificate."));
    }

    List<Key<?>> all() {
        return List.of(enabled, host, port, advertise, certificate, key);
    }
}
