package io.millrace.broker.security;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.spec.InvalidKeySpecException;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The hash functions of password verifiers, with what RFC 5802 (section 2.2) and RFC 8018 (PBKDF2) build of them. Every
 * Java platform has both.
 *
 * <p>Stateless; any thread.
 */
public enum ScramHash {
    SHA_256("SCRAM-SHA-256", "SHA-256", "HmacSHA256", 32, AuthenticatedBy.SCRAM_SHA_256),
    SHA_512("SCRAM-SHA-512", "SHA-512", "HmacSHA512", 64, AuthenticatedBy.SCRAM_SHA_512);

    private final String mechanism;
    private final String digestName;
    private final String macName;
    private final int bytes;
    private final AuthenticatedBy authenticatedBy;

    ScramHash(String mechanism, String digestName, String macName, int bytes, AuthenticatedBy authenticatedBy) {
        this.mechanism = mechanism;
        this.digestName = digestName;
        this.macName = macName;
        this.bytes = bytes;
        this.authenticatedBy = authenticatedBy;
    }

    /** The SASL mechanism's registered name. */
    public String mechanism() {
        return mechanism;
    }

    /** How many bytes a hash has. */
    public int bytes() {
        return bytes;
    }

    AuthenticatedBy authenticatedBy() {
        return authenticatedBy;
    }

    /** RFC 5802's H. */
    byte[] hash(byte[] input) {
        try {
            return MessageDigest.getInstance(digestName).digest(input);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(digestName + " is missing from this Java", e);
        }
    }

    /** RFC 5802's HMAC. */
    byte[] hmac(byte[] key, byte[] message) {
        try {
            Mac mac = Mac.getInstance(macName);
            mac.init(new SecretKeySpec(key, macName));
            return mac.doFinal(message);
        } catch (InvalidKeyException e) {
            throw new IllegalArgumentException("not a key for " + macName, e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(macName + " is missing from this Java", e);
        }
    }

    /** PBKDF2 with this hash's HMAC, one block: RFC 5802's Hi. The password counts as its UTF-8 bytes. */
    byte[] stretch(String password, byte[] salt, int iterations) {
        PBEKeySpec spec = new PBEKeySpec(password.toCharArray(), salt, iterations, bytes * Byte.SIZE);
        try {
            return SecretKeyFactory.getInstance("PBKDF2With" + macName)
                    .generateSecret(spec)
                    .getEncoded();
        } catch (InvalidKeySpecException e) {
            throw new IllegalArgumentException("not a password for PBKDF2", e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("PBKDF2 is missing from this Java", e);
        } finally {
            spec.clearPassword();
        }
    }
}
