package io.millrace.broker.security;

import io.millrace.broker.SpaceName;
import org.jspecify.annotations.Nullable;

/**
 * Where a statement holds: in one space or in every one. A type of its own, so that "every" has to be said and is never
 * what a forgotten value means.
 *
 * <p>Immutable; any thread.
 */
public final class SpaceScope {
    private static final SpaceScope EVERY = new SpaceScope(null);
    private static final String EVERY_TEXT = "*";

    private final @Nullable SpaceName only;

    private SpaceScope(@Nullable SpaceName only) {
        this.only = only;
    }

    /** Every space, those that are still to come included. */
    public static SpaceScope every() {
        return EVERY;
    }

    /** One space. */
    public static SpaceScope only(SpaceName space) {
        return new SpaceScope(space);
    }

    /**
     * Reads what {@link #text} wrote.
     *
     * @throws IllegalArgumentException if it is neither a space's name nor {@code *}
     */
    public static SpaceScope parse(String text) {
        return text.equals(EVERY_TEXT) ? EVERY : only(new SpaceName(text));
    }

    /** The space's name, or {@code *}. */
    public String text() {
        return only == null ? EVERY_TEXT : only.value();
    }

    /** Whether it is every space. */
    public boolean isEvery() {
        return only == null;
    }

    /** Whether {@code space} is in it. */
    public boolean includes(SpaceName space) {
        return only == null || only.value().equals(space.value());
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SpaceScope scope && text().equals(scope.text());
    }

    @Override
    public int hashCode() {
        return text().hashCode();
    }

    @Override
    public String toString() {
        return text();
    }
}
