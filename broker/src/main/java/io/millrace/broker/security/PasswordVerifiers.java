package io.millrace.broker.security;

import java.util.random.RandomGenerator;

/**
 * What is kept of a password: one verifier for those that arrive in clear (HTTP Basic, SASL PLAIN) and one for each
 * SCRAM mechanism, each with a salt of its own. The password itself is kept nowhere.
 *
 * <p>Immutable; any thread. Making and verifying take long by design: never on a loop.
 */
public record PasswordVerifiers(Pbkdf2Verifier pbkdf2, ScramVerifier scramSha256, ScramVerifier scramSha512) {
    /** @throws IllegalArgumentException if a verifier stands in another's place */
    public PasswordVerifiers {
        if (scramSha256.hash() != ScramHash.SHA_256 || scramSha512.hash() != ScramHash.SHA_512) {
            throw new IllegalArgumentException("a SCRAM verifier is in the wrong place");
        }
    }

    /**
     * Makes the verifiers of a password.
     *
     * @param random fit for cryptography: {@link java.security.SecureRandom} outside tests
     * @throws IllegalArgumentException if no password can look like this ({@link OpaqueString})
     */
    public static PasswordVerifiers create(String password, HashingCost cost, RandomGenerator random) {
        String prepared = OpaqueString.enforce(password);
        return new PasswordVerifiers(
                Pbkdf2Verifier.of(prepared, salt(random), cost.pbkdf2Iterations()),
                scram(ScramHash.SHA_256, prepared, cost, random),
                scram(ScramHash.SHA_512, prepared, cost, random));
    }

    private static ScramVerifier scram(ScramHash hash, String prepared, HashingCost cost, RandomGenerator random) {
        return ScramVerifier.of(hash, prepared, salt(random), cost.scramIterations(hash));
    }

    private static byte[] salt(RandomGenerator random) {
        byte[] salt = new byte[ScramVerifier.SALT_BYTES];
        random.nextBytes(salt);
        return salt;
    }

    /** Whether {@code password} is the one; takes the same time if not, also for what no password can look like. */
    public boolean verify(String password) {
        boolean fit = OpaqueString.isFit(password);
        boolean right = pbkdf2.verify(fit ? OpaqueString.enforce(password) : "unfit");
        return right && fit;
    }

    /** The verifier for one SCRAM mechanism. */
    public ScramVerifier scram(ScramHash hash) {
        return hash == ScramHash.SHA_256 ? scramSha256 : scramSha512;
    }
}
