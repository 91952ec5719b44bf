package io.millrace.broker.security;

import java.util.Map;
import java.util.TreeMap;

/** The users of a test, in memory. */
final class Directory implements UserDirectory {
    private final Map<String, User> users = new TreeMap<>();

    Directory with(User user) {
        users.put(user.name(), user);
        return this;
    }

    Directory without(String name) {
        users.remove(name);
        return this;
    }

    @Override
    public boolean isEmpty() {
        return users.isEmpty();
    }

    @Override
    public User byName(String name) {
        return users.get(name);
    }

    @Override
    public User byAccessKey(String accessKeyId) {
        return users.values().stream()
                .filter(user -> user.accessKey(accessKeyId) != null)
                .findAny()
                .orElse(null);
    }
}
