package io.millrace.broker.security;

/**
 * What proves a password that is sent in clear: PBKDF2-HMAC-SHA-512 (RFC 8018, section 5.2) of it.
 *
 * <p>Immutable; any thread.
 */
public record Pbkdf2Verifier(SecretBytes salt, int iterations, SecretBytes hash) {
    private static final ScramHash HASH = ScramHash.SHA_512;

    /** @throws IllegalArgumentException if a length or the iterations cannot be */
    public Pbkdf2Verifier {
        HashingCost.checkIterations(iterations);
        ScramVerifier.checkSalt(salt);
        if (hash.length() != HASH.bytes()) {
            throw new IllegalArgumentException("a hash has " + HASH.bytes() + " bytes");
        }
    }

    static Pbkdf2Verifier of(String prepared, byte[] salt, int iterations) {
        return new Pbkdf2Verifier(
                SecretBytes.of(salt), iterations, SecretBytes.of(HASH.stretch(prepared, salt, iterations)));
    }

    /** Whether {@code prepared} is the password. Takes {@link #iterations} hashes either way. */
    boolean verify(String prepared) {
        return hash.matches(HASH.stretch(prepared, salt.bytes(), iterations));
    }
}
