package io.millrace.base;

import org.jspecify.annotations.Nullable;

/**
 * Assertions about our own state that stay on in production: a broken invariant stops the operation before it can
 * harm stored data. Arguments of callers and bytes from disk or network have exceptions of their own.
 *
 * <p>Stateless; any thread.
 */
public final class Check {
    private Check() {}

    /** Throws {@link IllegalStateException} with {@code invariant} as its message unless {@code holds}. */
    public static void that(boolean holds, String invariant) {
        if (!holds) {
            throw new IllegalStateException(invariant);
        }
    }

    /** Returns {@code value}, which our own state says is there; throws {@link IllegalStateException} if it is not. */
    public static <T> T notNull(@Nullable T value, String invariant) {
        if (value == null) {
            throw new IllegalStateException(invariant);
        }
        return value;
    }

    /** Like {@link #that(boolean, String)}, with two values for the message; nothing is formatted while it holds. */
    public static void that(boolean holds, String format, long first, long second) {
        if (!holds) {
            throw new IllegalStateException(String.format(format, first, second));
        }
    }
}
