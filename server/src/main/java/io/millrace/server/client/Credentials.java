package io.millrace.server.client;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * Who a client is. Immutable; any thread. {@link #toString} does not show the password.
 *
 * @param user the user's name
 * @param password the user's password
 */
public record Credentials(String user, String password) {
    /** @throws IllegalArgumentException if the name has a colon, which HTTP Basic cannot carry (RFC 7617, section 2) */
    public Credentials {
        if (user.contains(":")) {
            throw new IllegalArgumentException("the name of a user who logs in over HTTP cannot have a colon");
        }
    }

    /** The value of the header {@code Authorization} (RFC 7617). */
    String authorization() {
        byte[] pair = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
        return "Basic " + Base64.getEncoder().encodeToString(pair);
    }

    @Override
    public String toString() {
        return "Credentials[" + user + "]";
    }
}
