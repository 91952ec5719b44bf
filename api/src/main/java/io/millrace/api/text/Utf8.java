package io.millrace.api.text;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import org.jspecify.annotations.Nullable;

/** Strict UTF-8. Stateless; any thread. */
public final class Utf8 {
    private Utf8() {}

    /** The text; null where the bytes are not UTF-8. */
    public static @Nullable String decode(byte[] bytes) {
        try {
            return UTF_8.newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    /** Whether UTF-8 can carry {@code text}: whether every surrogate has its other half. */
    public static boolean canCarry(String text) {
        for (int at = 0; at < text.length(); at++) {
            char found = text.charAt(at);
            if (Character.isHighSurrogate(found)
                    && at + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(at + 1))) {
                at++;
            } else if (Character.isSurrogate(found)) {
                return false;
            }
        }
        return true;
    }
}
