package io.millrace.broker.security;

import java.util.Locale;

/**
 * What somebody wants to do with a resource, in the broker's words. Every protocol's permissions translate into these
 * ({@code docs/security.md} has the table); none implies another. Which of them fit which kind:
 * {@link ResourceKind#takes}.
 */
public enum Action {
    /** Make it. */
    CREATE,
    /** Change its settings. */
    CONFIGURE,
    /** Remove it with all that it holds. */
    DELETE,
    /** See that it exists, its settings and its counts. */
    DESCRIBE,
    /** Remove its messages, keep it. */
    PURGE,
    /** Put messages into it, or let an exchange route into it. */
    PUBLISH,
    /** Receive and settle; of an exchange: let something receive what passes through. */
    CONSUME,
    /** Look at messages without receiving them. */
    PEEK,
    /** Of a space: work in it. */
    CONNECT,
    /** Give others permission on it; of the broker: log level, shutdown. */
    ADMINISTER;

    private final String word = name().toLowerCase(Locale.ROOT);

    /** How definitions spell it. */
    public String word() {
        return word;
    }
}
