package io.millrace.broker.security;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.base.Check;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Encrypts the secrets of access keys, which signature schemes need back in clear, so that the definitions alone give
 * none away. AES-256-GCM (NIST SP 800-38D) with a random nonce of 12 bytes and a tag of 16; the access key's id and the
 * user's name are associated data, so that a sealed secret moved to another user does not open.
 *
 * <p>A sealed text is {@code v1.<seal key id>.<base64url of nonce, ciphertext and tag>}. New ones use the newest key;
 * older keys open what was sealed with them until it has been sealed anew.
 *
 * <p>Any thread, if {@code random} is. Holds the keys in memory.
 */
public final class SecretSeal {
    private static final String VERSION = "v1";
    private static final String CIPHER = "AES/GCM/NoPadding";
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;

    private final Map<String, SealKey> keys = new HashMap<>();
    private final SealKey current;
    private final RandomGenerator random;

    /**
     * @param keys at least one, oldest first; the last one seals
     * @param random fit for cryptography: {@link java.security.SecureRandom} outside tests
     */
    public SecretSeal(List<SealKey> keys, RandomGenerator random) {
        Check.that(!keys.isEmpty(), "there is a key to seal with");
        keys.forEach(key -> this.keys.put(key.id(), key));
        this.current = keys.get(keys.size() - 1);
        this.random = random;
    }

    /** Seals {@code secret} for one access key of one user. */
    public String seal(String secret, String accessKeyId, String userName) {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        try {
            Cipher cipher = cipher(Cipher.ENCRYPT_MODE, current, nonce, accessKeyId, userName);
            byte[] encrypted = cipher.doFinal(secret.getBytes(UTF_8));
            byte[] sealed = ByteBuffer.allocate(nonce.length + encrypted.length)
                    .put(nonce)
                    .put(encrypted)
                    .array();
            return VERSION + "." + current.id() + "."
                    + Base64.getUrlEncoder().withoutPadding().encodeToString(sealed);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(CIPHER + " refused to encrypt", e);
        }
    }

    /** The secret again. */
    public String open(String sealed, String accessKeyId, String userName) throws BrokenSealException {
        String[] parts = sealed.split("\\.", -1);
        if (parts.length != 3 || !parts[0].equals(VERSION)) {
            throw new BrokenSealException("not a sealed secret of a version that is known");
        }
        SealKey key = keys.get(parts[1]);
        if (key == null) {
            throw new BrokenSealException("the seal key that it was sealed with is not in the key file");
        }
        byte[] bytes = decode(parts[2]);
        if (bytes == null || bytes.length < NONCE_BYTES + TAG_BITS / Byte.SIZE) {
            throw new BrokenSealException("the sealed secret is cut short or is not base64url");
        }
        return decrypt(bytes, key, accessKeyId, userName);
    }

    /** Whether {@code sealed} was sealed with the newest key. */
    public boolean isCurrent(String sealed) {
        return sealed.startsWith(VERSION + "." + current.id() + ".");
    }

    /** A key for another purpose, made of the current one; it tells nothing about it. */
    byte[] derive(String purpose) {
        return ScramHash.SHA_256.hmac(current.key().bytes(), purpose.getBytes(UTF_8));
    }

    private static String decrypt(byte[] sealed, SealKey key, String accessKeyId, String userName)
            throws BrokenSealException {
        ByteBuffer buffer = ByteBuffer.wrap(sealed);
        byte[] nonce = new byte[NONCE_BYTES];
        buffer.get(nonce);
        try {
            Cipher cipher = cipher(Cipher.DECRYPT_MODE, key, nonce, accessKeyId, userName);
            return new String(cipher.doFinal(sealed, NONCE_BYTES, buffer.remaining()), UTF_8);
        } catch (AEADBadTagException e) {
            throw new BrokenSealException(
                    "the sealed secret was changed, or is another's, or seal key " + key.id() + " is another key");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(CIPHER + " refused to decrypt", e);
        }
    }

    private static Cipher cipher(int mode, SealKey key, byte[] nonce, String accessKeyId, String userName)
            throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance(CIPHER);
        SecretKeySpec aes = new SecretKeySpec(key.key().bytes(), "AES");
        cipher.init(mode, aes, new GCMParameterSpec(TAG_BITS, nonce));
        // The id has no control characters and no name has: where one ends cannot be mistaken.
        cipher.updateAAD((VERSION + "\n" + key.id() + "\n" + accessKeyId + "\n" + userName).getBytes(UTF_8));
        return cipher;
    }

    private static byte @Nullable [] decode(String text) {
        try {
            return Base64.getUrlDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
