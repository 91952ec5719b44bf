package io.millrace.broker.security;

import java.text.Normalizer;

/**
 * Brings passwords into one form, so that the same keys typed on two machines give the same bytes: the OpaqueString
 * profile of RFC 8265 (section 4.2), which replaced SASLprep. Spaces outside ASCII become U+0020, the text is
 * normalised to NFC, and case and width stay. Refused: the empty password, one longer than {@value #CHARS_MAX}
 * characters, control, format, line and paragraph separator, private, unassigned and surrogate code points, as this
 * Java's Unicode tables have them. Of RFC 8264's table the contextual rules are simplified: joiners are refused
 * wherever they stand, and old Hangul jamo are let through.
 *
 * <p>A client that still applies SASLprep (NFKC) in SCRAM sends something else for a few passwords outside ASCII
 * (full-width letters, ligatures); one that applies nothing, as most do, only where what was typed was not NFC.
 *
 * <p>Stateless; any thread.
 */
final class OpaqueString {
    static final int CHARS_MAX = 1_024;

    private OpaqueString() {}

    /** @throws IllegalArgumentException if no password can look like this; does not repeat the password */
    static String enforce(String password) {
        if (password.isEmpty() || password.length() > CHARS_MAX) {
            throw new IllegalArgumentException("a password has 1 to " + CHARS_MAX + " characters");
        }
        StringBuilder mapped = new StringBuilder(password.length());
        password.codePoints().map(OpaqueString::mapped).forEach(mapped::appendCodePoint);
        return Normalizer.normalize(mapped, Normalizer.Form.NFC);
    }

    /** Whether {@link #enforce} takes it. */
    static boolean isFit(String password) {
        return !password.isEmpty()
                && password.length() <= CHARS_MAX
                && password.codePoints().noneMatch(OpaqueString::isRefused);
    }

    private static int mapped(int point) {
        if (isRefused(point)) {
            throw new IllegalArgumentException("the password has a character that passwords cannot have");
        }
        return Character.getType(point) == Character.SPACE_SEPARATOR ? ' ' : point;
    }

    private static boolean isRefused(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.PRIVATE_USE,
                    Character.SURROGATE,
                    Character.UNASSIGNED -> true;
            default -> false;
        };
    }
}
