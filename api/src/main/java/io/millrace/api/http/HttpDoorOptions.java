package io.millrace.api.http;

import io.millrace.broker.catalog.QueueSettings;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How the HTTP door is set up.
 *
 * @param host the address to listen on
 * @param port the port, 0 for any free one
 * @param tls where the door speaks TLS only; null where it speaks none
 * @param advertise the host and port that clients are told to connect to; null where that is where they already are
 * @param limits bounds on what clients can take
 * @param queueDefaults the settings of a queue that is made here, where the request does not give them
 */
public record HttpDoorOptions(
        String host,
        int port,
        @Nullable Tls tls,
        @Nullable String advertise,
        HttpLimits limits,
        QueueSettings queueDefaults) {
    /**
     * What a door that speaks TLS shows.
     *
     * @param certificate a PEM file with the chain of certificates
     * @param key a PEM file with the key (PKCS #8) without a password
     */
    public record Tls(Path certificate, Path key) {}

    /** Any free port of this machine's own address, with default limits. */
    public static HttpDoorOptions onFreePort() {
        return new HttpDoorOptions("127.0.0.1", 0, null, null, HttpLimits.DEFAULT, QueueSettings.DEFAULT);
    }

    /** The same with other limits. */
    public HttpDoorOptions with(HttpLimits newLimits) {
        return new HttpDoorOptions(host, port, tls, advertise, newLimits, queueDefaults);
    }

    /** The same with TLS. */
    public HttpDoorOptions with(Tls newTls) {
        return new HttpDoorOptions(host, port, newTls, advertise, limits, queueDefaults);
    }
}
