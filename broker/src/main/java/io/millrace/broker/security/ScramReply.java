package io.millrace.broker.security;

import org.jspecify.annotations.Nullable;

/**
 * What the server says in a SCRAM exchange.
 *
 * <p>Immutable; any thread.
 *
 * @param message what to send, ASCII
 * @param verdict null while the exchange goes on
 */
public record ScramReply(String message, @Nullable Verdict verdict) {}
