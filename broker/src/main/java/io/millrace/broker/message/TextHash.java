package io.millrace.broker.message;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * 128 bits for a text: the first of SHA-256 (FIPS 180-4) of its UTF-8, so that nobody can make two texts that count as
 * one. Never zero, which stands for no text. Immutable; any thread.
 *
 * @param high the upper half
 * @param low the lower half
 */
public record TextHash(long high, long low) {
    /** Of no text. */
    public static final TextHash NONE = new TextHash(0, 0);

    /** Finding the algorithm takes longer than a short text. */
    private static final ThreadLocal<MessageDigest> SHA_256 = ThreadLocal.withInitial(TextHash::sha256);

    /** The hash of {@code text}. */
    public static TextHash of(String text) {
        return of(text.getBytes(UTF_8));
    }

    /** The hash of the text that {@code utf8} is. */
    static TextHash of(byte[] utf8) {
        ByteBuffer digest = ByteBuffer.wrap(SHA_256.get().digest(utf8));
        long high = digest.getLong();
        long low = digest.getLong();
        return new TextHash(high, (high | low) == 0 ? 1 : low);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
