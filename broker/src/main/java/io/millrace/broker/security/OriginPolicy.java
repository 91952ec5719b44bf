package io.millrace.broker.security;

import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The rule for browsers at HTTP doors, which also hold doors on loopback that anybody's web page could reach through
 * the reader's browser: a request with an {@code Origin} (RFC 6454, section 7) is admitted only if that is the very
 * host and port that it was sent to; {@code Origin: null}, several origins and malformed ones never are. Programs send
 * no origin.
 *
 * <p>That alone does not help where the page's own host name was made to point to this machine (DNS rebinding): its
 * requests are of one origin. So while anybody on loopback is let in without credentials, the host that was asked for
 * must name this machine, too: {@link #namesThisMachine}.
 *
 * <p>Requests that change nothing carry no origin in some cases (a plain GET, an image): a GET must never change
 * anything.
 *
 * <p>Stateless; any thread. Hostile text is refused, never an exception.
 */
public final class OriginPolicy {
    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;
    private static final int PORT_MAX = 65_535;
    private static final Pattern LOOPBACK_V4 = Pattern.compile("127(\\.(0|[1-9][0-9]{0,2})){3}");
    private static final Pattern HOST = Pattern.compile("[a-z0-9._-]{1,255}|\\[[0-9a-f:.]{2,45}]");
    private static final Pattern PORT = Pattern.compile("[0-9]{1,5}");

    private OriginPolicy() {}

    /**
     * Whether a request may be served as far as its origin goes.
     *
     * @param origins the values of all {@code Origin} headers
     * @param authority the {@code Host} header or {@code :authority}, null where there is none or more than one
     */
    public static boolean admits(List<String> origins, @Nullable String authority) {
        if (origins.isEmpty()) {
            return true;
        }
        if (origins.size() > 1 || authority == null) {
            return false;
        }
        String origin = origins.get(0).toLowerCase(Locale.ROOT);
        if (origin.startsWith("https://")) {
            return isSame(origin.substring("https://".length()), authority, HTTPS_PORT);
        }
        return origin.startsWith("http://") && isSame(origin.substring("http://".length()), authority, HTTP_PORT);
    }

    /** Whether {@code authority} is {@code localhost} or a loopback address in figures, with or without a port. */
    public static boolean namesThisMachine(@Nullable String authority) {
        HostPort asked = authority == null ? null : HostPort.parse(authority, HTTP_PORT);
        return asked != null
                && (asked.host.equals("localhost") || asked.host.equals("[::1]") || isLoopbackV4(asked.host));
    }

    private static boolean isSame(String origin, String authority, int defaultPort) {
        HostPort from = HostPort.parse(origin, defaultPort);
        return from != null && Objects.equals(from, HostPort.parse(authority, defaultPort));
    }

    private static boolean isLoopbackV4(String host) {
        return LOOPBACK_V4.matcher(host).matches();
    }

    private record HostPort(String host, int port) {
        static @Nullable HostPort parse(String text, int defaultPort) {
            int colon = text.indexOf(':', text.startsWith("[") ? Math.max(text.indexOf(']'), 0) : 0);
            String host = (colon < 0 ? text : text.substring(0, colon)).toLowerCase(Locale.ROOT);
            int port = colon < 0 ? defaultPort : port(text.substring(colon + 1));
            boolean fit = HOST.matcher(host).matches();
            return fit && port >= 0 ? new HostPort(host, port) : null;
        }

        private static int port(String text) {
            if (!PORT.matcher(text).matches()) {
                return -1;
            }
            int port = Integer.parseInt(text);
            return port <= PORT_MAX ? port : -1;
        }
    }
}
