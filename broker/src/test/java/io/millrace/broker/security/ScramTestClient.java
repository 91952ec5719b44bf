package io.millrace.broker.security;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** A SCRAM client written straight from RFC 5802, section 3, sharing nothing with the server's code. */
final class ScramTestClient {
    private final String digest;
    private final String mac;
    private final String userName;
    private final String password;
    private String authMessage = "";
    private byte[] saltedPassword = {};

    ScramTestClient(ScramHash hash, String userName, String password) {
        this.digest = hash == ScramHash.SHA_256 ? "SHA-256" : "SHA-512";
        this.mac = hash == ScramHash.SHA_256 ? "HmacSHA256" : "HmacSHA512";
        this.userName = userName;
        this.password = password;
    }

    byte[] first() {
        return ("n,," + bare()).getBytes(UTF_8);
    }

    byte[] last(String serverFirst) {
        String[] parts = serverFirst.split(",", -1);
        byte[] salt = Base64.getDecoder().decode(parts[1].substring(2));
        saltedPassword = hi(salt, Integer.parseInt(parts[2].substring(2)));
        String withoutProof = "c=biws," + parts[0];
        authMessage = bare() + "," + serverFirst + "," + withoutProof;
        byte[] clientKey = hmac(saltedPassword, "Client Key");
        byte[] proof = xor(clientKey, hmac(sha(clientKey), authMessage));
        return (withoutProof + ",p=" + Base64.getEncoder().encodeToString(proof)).getBytes(UTF_8);
    }

    String expectedServerFinal() {
        byte[] signature = hmac(hmac(saltedPassword, "Server Key"), authMessage);
        return "v=" + Base64.getEncoder().encodeToString(signature);
    }

    private String bare() {
        return "n=" + userName.replace("=", "=3D").replace(",", "=2C") + ",r=fyko+d2lbbFgONRv9qkxdawL";
    }

    private byte[] hi(byte[] salt, int iterations) {
        byte[] key = password.getBytes(UTF_8);
        byte[] saltAndOne = Arrays.copyOf(salt, salt.length + 4);
        saltAndOne[saltAndOne.length - 1] = 1;
        byte[] next = hmac(key, saltAndOne);
        byte[] sum = next;
        for (int round = 1; round < iterations; round++) {
            next = hmac(key, next);
            sum = xor(sum, next);
        }
        return sum;
    }

    private byte[] hmac(byte[] key, String message) {
        return hmac(key, message.getBytes(UTF_8));
    }

    private byte[] hmac(byte[] key, byte[] message) {
        try {
            Mac instance = Mac.getInstance(mac);
            instance.init(new SecretKeySpec(key, mac));
            return instance.doFinal(message);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private byte[] sha(byte[] message) {
        try {
            return MessageDigest.getInstance(digest).digest(message);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] xor(byte[] one, byte[] other) {
        byte[] result = new byte[one.length];
        for (int at = 0; at < one.length; at++) {
            result[at] = (byte) (one[at] ^ other[at]);
        }
        return result;
    }
}
