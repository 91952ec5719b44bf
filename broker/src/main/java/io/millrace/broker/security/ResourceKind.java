package io.millrace.broker.security;

import java.util.Locale;

/** What a permission is about. Resources of some kinds live in a space, the others belong to the whole broker. */
public enum ResourceKind {
    QUEUE(true),
    TOPIC(true),
    EXCHANGE(true),
    /** What publishes a message again and again. */
    SCHEDULE(true),
    /** A named position on a topic: a consumer group, a durable subscription. */
    SUBSCRIPTION(true),
    /** A producer's transactional id: PUBLISH is to work under it. */
    TRANSACTION(true),
    SPACE(false),
    USER(false),
    /** The broker itself; its only resource is named {@value Permissions#BROKER}. */
    BROKER(false);

    private final boolean inSpace;
    private final String word = name().toLowerCase(Locale.ROOT);

    ResourceKind(boolean inSpace) {
        this.inSpace = inSpace;
    }

    /** Whether its resources live in a space. */
    public boolean inSpace() {
        return inSpace;
    }

    /** Whether {@code action} can be done with it at all. */
    public boolean takes(Action action) {
        return switch (this) {
            case QUEUE, TOPIC -> action != Action.CONNECT;
            case EXCHANGE ->
                switch (action) {
                    case CREATE, CONFIGURE, DELETE, DESCRIBE, PUBLISH, CONSUME, ADMINISTER -> true;
                    case PURGE, PEEK, CONNECT -> false;
                };
            case SCHEDULE ->
                switch (action) {
                    case CREATE, CONFIGURE, DELETE, DESCRIBE -> true;
                    case PURGE, PUBLISH, CONSUME, PEEK, CONNECT, ADMINISTER -> false;
                };
            case SUBSCRIPTION ->
                switch (action) {
                    case CREATE, CONFIGURE, DELETE, DESCRIBE, CONSUME -> true;
                    case PURGE, PUBLISH, PEEK, CONNECT, ADMINISTER -> false;
                };
            case TRANSACTION -> action == Action.DESCRIBE || action == Action.PUBLISH;
            case SPACE ->
                switch (action) {
                    case CREATE, CONFIGURE, DELETE, DESCRIBE, CONNECT -> true;
                    case PURGE, PUBLISH, CONSUME, PEEK, ADMINISTER -> false;
                };
            case USER, BROKER -> action == Action.DESCRIBE || action == Action.ADMINISTER;
        };
    }

    /** How definitions spell it. */
    public String word() {
        return word;
    }
}
