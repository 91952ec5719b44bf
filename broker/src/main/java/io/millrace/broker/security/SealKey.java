package io.millrace.broker.security;

import java.util.HexFormat;
import java.util.random.RandomGenerator;

/**
 * One AES-256 key with the name under which sealed texts refer to it: 8 lower-case hexadecimal digits.
 *
 * <p>Immutable; any thread.
 */
public record SealKey(String id, SecretBytes key) {
    static final int KEY_BYTES = 32;
    private static final int ID_CHARS = 8;

    /** @throws IllegalArgumentException if the id or the key's length is another */
    public SealKey {
        boolean hexadecimal = id.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
        if (id.length() != ID_CHARS || !hexadecimal) {
            throw new IllegalArgumentException("a seal key's id is " + ID_CHARS + " hexadecimal digits");
        }
        if (key.length() != KEY_BYTES) {
            throw new IllegalArgumentException("a seal key has " + KEY_BYTES + " bytes");
        }
    }

    static SealKey generate(RandomGenerator random) {
        byte[] id = new byte[ID_CHARS / 2];
        byte[] key = new byte[KEY_BYTES];
        random.nextBytes(id);
        random.nextBytes(key);
        return new SealKey(HexFormat.of().formatHex(id), SecretBytes.of(key));
    }
}
