package io.millrace.server.config;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The value of every key: its default until a source sets it; what is set later wins. Problems are gathered, and a
 * setting with a problem changes nothing.
 *
 * <p>Used by one thread.
 */
final class Values {
    private final Map<Key<?>, Object> values = new HashMap<>();
    private final List<String> problems;

    Values(List<String> problems) {
        this.problems = problems;
        Schema.keys().forEach(key -> values.put(key, key.type().parse(key.defaultText())));
    }

    @SuppressWarnings("unchecked") // set() and the constructor store only what the key's own type has read
    <T> T get(Key<T> key) {
        return (T) Objects.requireNonNull(values.get(key), key.name());
    }

    void set(Collection<RawSetting> settings) {
        settings.forEach(this::set);
    }

    private void set(RawSetting setting) {
        Key<?> key = Schema.byName().get(setting.name());
        if (key == null) {
            refuseUnknown(setting);
            return;
        }
        try {
            values.put(key, key.type().parse(setting.text()));
        } catch (IllegalArgumentException e) {
            String reason = setting.text().isEmpty() ? " has no value (" + key.form() + ")" : ": " + e.getMessage();
            problems.add(setting.origin() + ": " + key.name() + reason);
        }
    }

    private void refuseUnknown(RawSetting setting) {
        List<String> inside = Schema.byName().keySet().stream()
                .filter(name -> name.startsWith(setting.name() + "."))
                .toList();
        if (inside.isEmpty()) {
            String hint = Nearest.to(setting.name(), Schema.byName().keySet())
                    .map(name -> "; did you mean '" + name + "'?")
                    .orElse("");
            problems.add(setting.origin() + ": there is no key '" + Shown.of(setting.name()) + "'" + hint);
        } else if (!setting.text().isEmpty()) {
            problems.add(setting.origin() + ": '" + setting.name() + "' holds keys, not a value; one of them is '"
                    + inside.get(0) + "'");
        }
    }
}
