package io.millrace.broker.security;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * What a server keeps of a password for SCRAM (RFC 5802, section 3; RFC 7677 for SHA-256; SHA-512 likewise): enough to
 * check a client's proof and to prove itself, not enough to log in.
 *
 * <p>Immutable; any thread.
 */
public record ScramVerifier(
        ScramHash hash, SecretBytes salt, int iterations, SecretBytes storedKey, SecretBytes serverKey) {
    static final int SALT_BYTES = 16;
    private static final int SALT_BYTES_MIN = 8;
    private static final int SALT_BYTES_MAX = 64;

    /** @throws IllegalArgumentException if a length or the iterations cannot be */
    public ScramVerifier {
        HashingCost.checkIterations(iterations);
        checkSalt(salt);
        if (storedKey.length() != hash.bytes() || serverKey.length() != hash.bytes()) {
            throw new IllegalArgumentException("keys of " + hash.mechanism() + " have " + hash.bytes() + " bytes");
        }
    }

    static void checkSalt(SecretBytes salt) {
        if (salt.length() < SALT_BYTES_MIN || salt.length() > SALT_BYTES_MAX) {
            throw new IllegalArgumentException("a salt has " + SALT_BYTES_MIN + " to " + SALT_BYTES_MAX + " bytes");
        }
    }

    static ScramVerifier of(ScramHash hash, String prepared, byte[] salt, int iterations) {
        byte[] saltedPassword = hash.stretch(prepared, salt, iterations);
        byte[] clientKey = hash.hmac(saltedPassword, "Client Key".getBytes(UTF_8));
        byte[] serverKey = hash.hmac(saltedPassword, "Server Key".getBytes(UTF_8));
        return new ScramVerifier(
                hash,
                SecretBytes.of(salt),
                iterations,
                SecretBytes.of(hash.hash(clientKey)),
                SecretBytes.of(serverKey));
    }

    /** Whether {@code proof} shows knowledge of the password for this exchange. */
    boolean accepts(byte[] proof, byte[] authMessage) {
        byte[] clientSignature = hash.hmac(storedKey.bytes(), authMessage);
        if (proof.length != clientSignature.length) {
            return false;
        }
        byte[] clientKey = new byte[proof.length];
        for (int at = 0; at < proof.length; at++) {
            clientKey[at] = (byte) (proof[at] ^ clientSignature[at]);
        }
        return storedKey.matches(hash.hash(clientKey));
    }

    /** What shows the client that the server knows the verifier. */
    byte[] serverSignature(byte[] authMessage) {
        return hash.hmac(serverKey.bytes(), authMessage);
    }
}
