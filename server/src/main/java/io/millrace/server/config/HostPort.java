package io.millrace.server.config;

import java.net.InetSocketAddress;
import java.util.regex.Pattern;

/**
 * A host and a port as users write them: {@code localhost:8080}, {@code 10.0.0.1:8080}, {@code [::1]:8080}. The host
 * has no brackets here; nothing is resolved.
 *
 * <p>Immutable; any thread.
 */
public record HostPort(String host, int port) {
    private static final int HOST_CHARS_MAX = 253;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_]([A-Za-z0-9._-]*[A-Za-z0-9_.])?");
    private static final Pattern ADDRESS_6 = Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*(%[A-Za-z0-9._-]+)?");
    private static final Pattern PORT = Pattern.compile("[0-9]{1,5}");

    /** A run of zeros in an IPv6 address as Java writes it, which people leave out (RFC 5952, section 2.2). */
    private static final Pattern ZEROS_6 = Pattern.compile("(^|:)(0(:|$)){2,}");

    /** The host and port of {@code address}, which names a numeric address wherever it is resolved. */
    public static HostPort of(InetSocketAddress address) {
        String host = address.isUnresolved()
                ? address.getHostString()
                : address.getAddress().getHostAddress();
        return new HostPort(ZEROS_6.matcher(host).replaceFirst("::"), address.getPort());
    }

    static boolean isHost(String text) {
        return text.length() <= HOST_CHARS_MAX
                && (NAME.matcher(text).matches() || ADDRESS_6.matcher(text).matches());
    }

    static HostPort parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon > 0 && PORT.matcher(text.substring(colon + 1)).matches()) {
            String host = withoutBrackets(text.substring(0, colon));
            int port = Integer.parseInt(text.substring(colon + 1));
            if (isHost(host) && host.contains(":") == (host.length() < colon) && port >= 1 && port <= 65_535) {
                return new HostPort(host, port);
            }
        }
        throw new IllegalArgumentException(
                "'" + Shown.of(text) + "' is not host:port; write for example localhost:8080 or [::1]:8080");
    }

    private static String withoutBrackets(String host) {
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }

    /** The form that users write, with brackets around an IPv6 address. */
    @Override
    public String toString() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
