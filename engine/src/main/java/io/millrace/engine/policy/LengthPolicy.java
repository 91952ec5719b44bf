package io.millrace.engine.policy;

/**
 * How long a queue may get. What counts are the messages that wait: those that can be delivered and those that are not
 * due yet, also before they are on stable storage; not those that consumers or transactions hold. Immutable; any
 * thread.
 *
 * @param messagesMax how many messages wait at most; {@link #UNLIMITED}
 * @param bytesMax how many bytes they take at most as they are stored, with properties and envelope, where those of an
 *     entry of several messages have even shares; {@link #UNLIMITED}
 * @param overflow what is done about more
 */
public record LengthPolicy(long messagesMax, long bytesMax, Overflow overflow) {
    /** No bound. */
    public static final long UNLIMITED = 0;

    /** The greatest bound that can be set: numbers up to it are exact wherever they are read as floating-point ones. */
    public static final long LENGTH_MAX = (1L << 53) - 1;

    /** That of a queue of any length. */
    public static final LengthPolicy NONE = new LengthPolicy(UNLIMITED, UNLIMITED, Overflow.REJECT);

    /** Checks the ranges; an {@link IllegalArgumentException} says which is left. */
    public LengthPolicy {
        check("lengthMax", messagesMax);
        check("lengthBytesMax", bytesMax);
    }

    private static void check(String what, long length) {
        if (length < 0 || length > LENGTH_MAX) {
            throw new IllegalArgumentException(what + " is 0 (no bound) to " + LENGTH_MAX + ", not " + length);
        }
    }

    /** Whether there is any bound. */
    public boolean isLimited() {
        return messagesMax != UNLIMITED || bytesMax != UNLIMITED;
    }

    /** Whether messages are refused rather than older ones removed. */
    public boolean isRejecting() {
        return overflow == Overflow.REJECT;
    }
}
