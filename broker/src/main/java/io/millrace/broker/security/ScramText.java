package io.millrace.broker.security;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Base64;

/**
 * The small pieces of SCRAM messages (RFC 5802, section 7): attributes, names with escapes, nonces, base64. A message
 * is at most {@value #MESSAGE_BYTES_MAX} bytes.
 *
 * <p>Stateless; any thread. Whatever is not in the grammar is a {@link ScramFault}.
 */
final class ScramText {
    static final int MESSAGE_BYTES_MAX = 2_048;
    private static final int NONCE_CHARS_MAX = 512;

    private ScramText() {}

    static String decode(byte[] message) throws ScramFault {
        if (message.length > MESSAGE_BYTES_MAX) {
            throw new ScramFault("no-resources");
        }
        try {
            return UTF_8.newDecoder().decode(ByteBuffer.wrap(message)).toString();
        } catch (CharacterCodingException e) {
            throw new ScramFault("invalid-encoding");
        }
    }

    /** The value of an attribute that has to be called {@code name}. */
    static String value(String attribute, char name) throws ScramFault {
        if (attribute.length() < 2 || attribute.charAt(0) != name || attribute.charAt(1) != '=') {
            // An extension that must be understood may stand where another attribute was due.
            throw new ScramFault(attribute.startsWith("m=") ? "extensions-not-supported" : "other-error");
        }
        return attribute.substring(2);
    }

    /** A name without its escapes: {@code =2C} is a comma and {@code =3D} an equals sign, nothing else begins so. */
    static String name(String escaped) throws ScramFault {
        StringBuilder name = new StringBuilder(escaped.length());
        int at = 0;
        while (at < escaped.length()) {
            char next = escaped.charAt(at);
            if (next != '=') {
                name.append(next);
                at++;
            } else if (escaped.startsWith("=2C", at) || escaped.startsWith("=3D", at)) {
                name.append(escaped.charAt(at + 1) == '2' ? ',' : '=');
                at += 3;
            } else {
                throw new ScramFault("invalid-username-encoding");
            }
        }
        return name.toString();
    }

    static String nonce(String text) throws ScramFault {
        boolean printable = text.chars().allMatch(c -> c > ' ' && c < 0x7F && c != ',');
        if (text.isEmpty() || text.length() > NONCE_CHARS_MAX || !printable) {
            throw new ScramFault("other-error");
        }
        return text;
    }

    static byte[] base64(String text) throws ScramFault {
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw new ScramFault("invalid-encoding");
        }
    }

    /** Extensions may follow and mean nothing to us; each is still an attribute. */
    static void checkExtensions(String[] attributes, int from, int to) throws ScramFault {
        for (int at = from; at < to; at++) {
            String extension = attributes[at];
            boolean named = extension.length() >= 2 && extension.charAt(1) == '=';
            if (!named || !Character.isLetter(extension.charAt(0))) {
                throw new ScramFault("other-error");
            }
            if (extension.charAt(0) == 'm') {
                throw new ScramFault("extensions-not-supported");
            }
        }
    }
}
