package io.millrace.broker.security;

/**
 * An access key as it is kept: its public id and its secret under seal. An id is {@value #ID_CHARS} characters:
 * {@value #ID_PREFIX} and 16 of A to Z and 2 to 7 (80 random bits), the shape that SQS clients expect.
 *
 * <p>Immutable; any thread. Made by {@link AccessKeyIssuer}.
 *
 * @param sealedSecret what {@link SecretSeal} made of the secret for this id and its user
 */
public record AccessKey(String id, String sealedSecret, long createdEpochMillis) {
    public static final String ID_PREFIX = "MLRC";
    public static final int ID_CHARS = 20;
    public static final int SECRET_CHARS = 40;
    private static final int SEALED_CHARS_MAX = 1_024;

    /** @throws IllegalArgumentException if the id has another shape or there is no seal to speak of */
    public AccessKey {
        if (!isId(id)) {
            throw new IllegalArgumentException("not an access key id");
        }
        boolean visible = sealedSecret.chars().allMatch(c -> c > ' ' && c < 0x7F);
        if (sealedSecret.isEmpty() || sealedSecret.length() > SEALED_CHARS_MAX || !visible) {
            throw new IllegalArgumentException(
                    "a sealed secret has 1 to " + SEALED_CHARS_MAX + " visible ASCII characters");
        }
    }

    /** Whether {@code text} has the shape of an id; no user name has. */
    public static boolean isId(String text) {
        if (text.length() != ID_CHARS || !text.startsWith(ID_PREFIX)) {
            return false;
        }
        for (int at = ID_PREFIX.length(); at < ID_CHARS; at++) {
            char found = text.charAt(at);
            if (!(found >= 'A' && found <= 'Z') && !(found >= '2' && found <= '7')) {
                return false;
            }
        }
        return true;
    }

    @Override
    public String toString() {
        return "AccessKey[" + id + "]";
    }
}
