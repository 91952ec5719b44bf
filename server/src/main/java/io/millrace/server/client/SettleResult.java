package io.millrace.server.client;

/**
 * What became of one {@link Settle}. Immutable; any thread.
 *
 * @param done false where the lease did not live any more: somebody else may have the message
 * @param reason why it was not done; empty where it was
 */
public record SettleResult(boolean done, String reason) {}
