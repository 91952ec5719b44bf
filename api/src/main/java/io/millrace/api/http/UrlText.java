package io.millrace.api.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.millrace.api.text.Utf8;
import java.io.ByteArrayOutputStream;
import java.util.HexFormat;

/** Decodes percent-encoding (RFC 3986, section 2.1) strictly. Stateless; any thread. */
final class UrlText {
    private UrlText() {}

    /**
     * The text that {@code encoded} stands for.
     *
     * @param plusIsSpace whether {@code +} stands for a space, as it does in queries
     * @throws ProblemException where an escape is cut short or what comes out is not UTF-8
     */
    static String decode(String encoded, boolean plusIsSpace) {
        if (encoded.indexOf('%') < 0 && (!plusIsSpace || encoded.indexOf('+') < 0) && isAscii(encoded)) {
            return encoded;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(encoded.length());
        for (int at = 0; at < encoded.length(); at++) {
            char found = encoded.charAt(at);
            if (found == '%') {
                bytes.write(escaped(encoded, at));
                at += 2;
            } else {
                bytes.write(found == '+' && plusIsSpace ? ' ' : found);
            }
        }
        String text = Utf8.decode(bytes.toByteArray());
        if (text == null) {
            throw malformed("what its percent escapes stand for is not UTF-8");
        }
        return text;
    }

    /** The text of a header field: visible ASCII, or UTF-8. */
    static String headerText(String name, String value) {
        if (isAscii(value)) {
            return value;
        }
        String text = Utf8.decode(value.getBytes(ISO_8859_1));
        if (text == null) {
            throw new ProblemException(Problem.MALFORMED_REQUEST, "header " + name + " is not UTF-8");
        }
        return text;
    }

    private static int escaped(String encoded, int at) {
        if (at + 2 >= encoded.length()
                || !HexFormat.isHexDigit(encoded.charAt(at + 1))
                || !HexFormat.isHexDigit(encoded.charAt(at + 2))) {
            throw malformed("a percent sign is not followed by two hexadecimal digits");
        }
        return HexFormat.fromHexDigits(encoded, at + 1, at + 3);
    }

    private static boolean isAscii(String text) {
        for (int at = 0; at < text.length(); at++) {
            if (text.charAt(at) >= 0x80) {
                return false;
            }
        }
        return true;
    }

    private static ProblemException malformed(String reason) {
        return new ProblemException(Problem.MALFORMED_REQUEST, "the URL cannot be read: " + reason);
    }
}
