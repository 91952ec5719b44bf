package io.millrace.broker.security;

import java.security.MessageDigest;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that must not be seen: salts, keys, verifiers. Comparison takes the same time wherever the bytes differ, and
 * {@link #toString} tells only how many there are.
 *
 * <p>Immutable; any thread.
 */
public final class SecretBytes {
    private final byte[] bytes;

    private SecretBytes(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Copies {@code bytes}. */
    public static SecretBytes of(byte[] bytes) {
        return new SecretBytes(bytes.clone());
    }

    /** @throws IllegalArgumentException if the text is not standard base64 with padding; does not repeat the text */
    public static SecretBytes ofBase64(String text) {
        try {
            return new SecretBytes(Base64.getDecoder().decode(text));
        } catch (IllegalArgumentException e) {
            // Its message would repeat characters of the secret.
            throw new IllegalArgumentException("not base64");
        }
    }

    public String base64() {
        return Base64.getEncoder().encodeToString(bytes);
    }

    /** A copy of the bytes. */
    public byte[] bytes() {
        return bytes.clone();
    }

    public int length() {
        return bytes.length;
    }

    /** Whether these are the same bytes, in time that depends on the lengths only. */
    public boolean matches(byte[] other) {
        return MessageDigest.isEqual(bytes, other);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SecretBytes secret && matches(secret.bytes);
    }

    /** Of the length alone, so that no hash of a secret gets about. */
    @Override
    public int hashCode() {
        return bytes.length;
    }

    @Override
    public String toString() {
        return "(" + bytes.length + " secret bytes)";
    }
}
