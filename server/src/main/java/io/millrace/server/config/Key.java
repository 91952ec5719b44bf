package io.millrace.server.config;

import java.util.Locale;

/**
 * One configuration key.
 *
 * @param name the dotted name, as in the YAML file
 * @param type how a value is read
 * @param defaultText the value where no source gives one, in the form that a user would write
 * @param defaultShown the default in words for help and documentation, where it is not {@code defaultText}
 * @param description one sentence for the user
 */
public record Key<T>(String name, ValueType<T> type, String defaultText, String defaultShown, String description) {
    static final String VARIABLE_PREFIX = "MILLRACE_";

    static <T> Key<T> of(String name, ValueType<T> type, String defaultText, String description) {
        return new Key<>(name, type, defaultText, defaultText.isEmpty() ? "none" : defaultText, description);
    }

    Key<T> withDefaultShown(String shown) {
        return new Key<>(name, type, defaultText, shown, description);
    }

    /** The environment variable that sets this key. */
    public String variable() {
        return VARIABLE_PREFIX + name.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
    }

    /** The part of the name before the first dot. */
    public String section() {
        return name.substring(0, name.indexOf('.'));
    }

    /** What a value looks like, in words. */
    public String form() {
        return type.form();
    }
}
