package io.millrace.broker.security;

import io.millrace.broker.NameRule;
import io.millrace.broker.SpaceName;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A user: who may connect, with which credentials, and what they may do. A user without password and access keys cannot
 * log in. Limits: a name by {@link NameRule} that is not in the shape of an access key id, {@value #TAGS_MAX} tags,
 * {@value #ACCESS_KEYS_MAX} access keys, {@value #STATEMENTS_MAX} statements.
 *
 * <p>Immutable; any thread. {@link #toString} shows no credential.
 *
 * @param space where their connections work unless they name another space
 * @param administrator may do all, whatever the statements say
 * @param tags labels that doors give back as they got them, sorted; they decide nothing
 * @param password null where there is none
 */
public record User(
        String name,
        SpaceName space,
        boolean administrator,
        List<String> tags,
        @Nullable PasswordVerifiers password,
        List<AccessKey> accessKeys,
        List<Statement> statements) {
    public static final int TAGS_MAX = 16;
    public static final int ACCESS_KEYS_MAX = 10;
    public static final int STATEMENTS_MAX = 1_000;

    /**
     * @throws IllegalArgumentException if the name or a tag is none, a limit is passed, or an access key is there twice
     */
    public User {
        NameRule.check("user name", name);
        if (AccessKey.isId(name)) {
            throw new IllegalArgumentException("user name has the shape of an access key id");
        }
        tags.forEach(tag -> NameRule.check("tag", tag));
        tags = List.copyOf(new TreeSet<>(tags));
        accessKeys = List.copyOf(accessKeys);
        statements = List.copyOf(statements);
        checkCount("tags", tags.size(), TAGS_MAX);
        checkCount("access keys", accessKeys.size(), ACCESS_KEYS_MAX);
        checkCount("statements", statements.size(), STATEMENTS_MAX);
        if (accessKeys.stream().map(AccessKey::id).distinct().count() < accessKeys.size()) {
            throw new IllegalArgumentException("an access key is there twice");
        }
    }

    /** A user of the root space without credentials who may do nothing yet. */
    public static User named(String name) {
        return new User(name, SpaceName.ROOT, false, List.of(), null, List.of(), List.of());
    }

    private static void checkCount(String what, int count, int most) {
        if (count > most) {
            throw new IllegalArgumentException("a user has at most " + most + " " + what);
        }
    }

    public User withSpace(SpaceName newSpace) {
        return new User(name, newSpace, administrator, tags, password, accessKeys, statements);
    }

    public User withAdministrator(boolean newAdministrator) {
        return new User(name, space, newAdministrator, tags, password, accessKeys, statements);
    }

    public User withTags(List<String> newTags) {
        return new User(name, space, administrator, newTags, password, accessKeys, statements);
    }

    public User withPassword(@Nullable PasswordVerifiers newPassword) {
        return new User(name, space, administrator, tags, newPassword, accessKeys, statements);
    }

    public User withStatements(List<Statement> newStatements) {
        return new User(name, space, administrator, tags, password, accessKeys, newStatements);
    }

    /** With {@code key}, in the place of one of the same id if there is one. */
    public User withAccessKey(AccessKey key) {
        List<AccessKey> keys = new ArrayList<>(withoutAccessKey(key.id()).accessKeys);
        keys.add(key);
        return new User(name, space, administrator, tags, password, keys, statements);
    }

    public User withoutAccessKey(String id) {
        List<AccessKey> keys =
                accessKeys.stream().filter(key -> !key.id().equals(id)).toList();
        return new User(name, space, administrator, tags, password, keys, statements);
    }

    /** The access key of that id. */
    public @Nullable AccessKey accessKey(String id) {
        for (AccessKey key : accessKeys) {
            if (key.id().equals(id)) {
                return key;
            }
        }
        return null;
    }

    @Override
    public String toString() {
        return "User[" + name + ", space " + space + (administrator ? ", administrator" : "") + ", "
                + (password == null ? "no password" : "a password") + ", " + accessKeys.size() + " access keys, "
                + statements.size() + " statements]";
    }
}
