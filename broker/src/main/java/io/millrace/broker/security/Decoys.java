package io.millrace.broker.security;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * Stand-ins for the verifiers of users that do not exist, so that asking for them looks and costs the same. A SCRAM
 * client is shown the salt: the one for a name that nobody has follows from the name and a key that outlives the
 * process, so that it does not change from one attempt to the next. Iterations are the configured ones; a user whose
 * password was set under another {@link HashingCost} can be told from a decoy by them until the password is set again.
 *
 * <p>Immutable; any thread. Nothing fits a decoy: its keys are not made of any password.
 */
final class Decoys {
    private final byte[] key;
    private final HashingCost cost;
    private final PasswordVerifiers password;

    /** @param key tells salts of decoys from random ones, if it gets known */
    Decoys(byte[] key, HashingCost cost, RandomGenerator random) {
        this.key = key.clone();
        this.cost = cost;
        byte[] hash = new byte[ScramHash.SHA_512.bytes()];
        byte[] salt = new byte[ScramVerifier.SALT_BYTES];
        random.nextBytes(hash);
        random.nextBytes(salt);
        Pbkdf2Verifier pbkdf2 = new Pbkdf2Verifier(SecretBytes.of(salt), cost.pbkdf2Iterations(), SecretBytes.of(hash));
        this.password = new PasswordVerifiers(pbkdf2, scram("", ScramHash.SHA_256), scram("", ScramHash.SHA_512));
    }

    /** For a password that arrives in clear. */
    PasswordVerifiers password() {
        return password;
    }

    /** For a SCRAM exchange under {@code userName}. */
    ScramVerifier scram(String userName, ScramHash hash) {
        byte[] salt = Arrays.copyOf(derive("salt", userName, hash), ScramVerifier.SALT_BYTES);
        return new ScramVerifier(
                hash,
                SecretBytes.of(salt),
                cost.scramIterations(hash),
                SecretBytes.of(derive("stored", userName, hash)),
                SecretBytes.of(derive("server", userName, hash)));
    }

    private byte[] derive(String what, String userName, ScramHash hash) {
        return hash.hmac(key, (what + "\n" + hash.mechanism() + "\n" + userName).getBytes(UTF_8));
    }
}
