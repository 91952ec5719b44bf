package io.millrace.broker.security;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.random.RandomGenerator;

/**
 * Remembers which passwords were found right, so that a client that sends its password with every request is not hashed
 * every time. What is kept is a fingerprint: HMAC-SHA-256, under a key that this process made for itself, of the name,
 * the password and the verifier's salt. A new password has a new salt, so its predecessor is forgotten by itself.
 *
 * <p>Any thread; no locks. Holds at most {@value #PLACES} fingerprints of 32 bytes; a new one takes the place of an
 * older one with the same first bits.
 */
final class VerifiedPasswords {
    static final int PLACES = 4_096;
    private static final byte[] EMPTY = {};

    private final byte[] key = new byte[ScramHash.SHA_256.bytes()];
    private final AtomicReferenceArray<byte[]> places = new AtomicReferenceArray<>(PLACES);

    /** @param random fit for cryptography */
    VerifiedPasswords(RandomGenerator random) {
        random.nextBytes(key);
        for (int at = 0; at < PLACES; at++) {
            places.set(at, EMPTY);
        }
    }

    /** What stands for these credentials, for as long as the verifiers are in use. */
    byte[] fingerprint(String userName, String password, PasswordVerifiers verifiers) {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        for (byte[] part : new byte[][] {
            userName.getBytes(UTF_8),
            password.getBytes(UTF_8),
            verifiers.pbkdf2().salt().bytes()
        }) {
            message.writeBytes(
                    ByteBuffer.allocate(Integer.BYTES).putInt(part.length).array());
            message.writeBytes(part);
        }
        return ScramHash.SHA_256.hmac(key, message.toByteArray());
    }

    boolean contains(byte[] fingerprint) {
        return MessageDigest.isEqual(places.get(place(fingerprint)), fingerprint);
    }

    void add(byte[] fingerprint) {
        places.set(place(fingerprint), fingerprint);
    }

    private static int place(byte[] fingerprint) {
        return ByteBuffer.wrap(fingerprint).getInt() & PLACES - 1;
    }
}
