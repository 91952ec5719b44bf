package io.millrace.broker.security;

import io.millrace.base.Clock;
import java.util.Base64;
import java.util.random.RandomGenerator;

/**
 * Makes access keys: an id of 80 random bits, a secret of 240, written in {@value AccessKey#SECRET_CHARS} characters
 * that need no escaping in a URL (base64url). Nothing that long is guessed, so nothing counts failed attempts on it.
 *
 * <p>Any thread, if {@code random} is.
 */
public final class AccessKeyIssuer {
    private static final String ID_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private static final int SECRET_BYTES = AccessKey.SECRET_CHARS * 6 / Byte.SIZE;

    private final SecretSeal seal;
    private final Clock clock;
    private final RandomGenerator random;

    /** @param random fit for cryptography: {@link java.security.SecureRandom} outside tests */
    public AccessKeyIssuer(SecretSeal seal, Clock clock, RandomGenerator random) {
        this.seal = seal;
        this.clock = clock;
        this.random = random;
    }

    /** A new key for the user of that name. */
    public IssuedAccessKey issue(String userName) {
        String id = newId();
        String secret = newSecret(random);
        AccessKey key = new AccessKey(id, seal.seal(secret, id, userName), clock.epochMillis());
        return new IssuedAccessKey(key, secret);
    }

    /** The same key under the current seal key, so that older seal keys can be thrown away. */
    public AccessKey reseal(AccessKey key, String userName) throws BrokenSealException {
        String secret = seal.open(key.sealedSecret(), key.id(), userName);
        return new AccessKey(key.id(), seal.seal(secret, key.id(), userName), key.createdEpochMillis());
    }

    static String newSecret(RandomGenerator random) {
        byte[] bytes = new byte[SECRET_BYTES];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().encodeToString(bytes);
    }

    private String newId() {
        byte[] bytes = new byte[AccessKey.ID_CHARS - AccessKey.ID_PREFIX.length()];
        random.nextBytes(bytes);
        StringBuilder id = new StringBuilder(AccessKey.ID_PREFIX);
        for (byte any : bytes) {
            id.append(ID_ALPHABET.charAt(any & ID_ALPHABET.length() - 1));
        }
        return id.toString();
    }
}
