package io.millrace.broker.security;

/**
 * How often a password is hashed to make its verifiers. The weakest of them is what a thief of the definitions attacks,
 * so all are recommended alike: {@link #RECOMMENDED} has the iterations of OWASP's Password Storage Cheat Sheet
 * (section PBKDF2, as of 2026): 600,000 with HMAC-SHA-256, 220,000 with HMAC-SHA-512. RFC 7677 (section 4) sets the
 * least for SCRAM, {@value #ITERATIONS_MIN}; there the client hashes, once for each connection.
 *
 * <p>Immutable; any thread.
 */
public record HashingCost(int pbkdf2Iterations, int scramSha256Iterations, int scramSha512Iterations) {
    public static final HashingCost RECOMMENDED = new HashingCost(220_000, 600_000, 220_000);
    public static final int ITERATIONS_MIN = 4_096;
    public static final int ITERATIONS_MAX = 10_000_000;

    /** @throws IllegalArgumentException outside {@value #ITERATIONS_MIN} to {@value #ITERATIONS_MAX} */
    public HashingCost {
        checkIterations(pbkdf2Iterations);
        checkIterations(scramSha256Iterations);
        checkIterations(scramSha512Iterations);
    }

    int scramIterations(ScramHash hash) {
        return hash == ScramHash.SHA_256 ? scramSha256Iterations : scramSha512Iterations;
    }

    static void checkIterations(int iterations) {
        if (iterations < ITERATIONS_MIN || iterations > ITERATIONS_MAX) {
            throw new IllegalArgumentException("iterations are " + ITERATIONS_MIN + " to " + ITERATIONS_MAX);
        }
    }
}
