package io.millrace.server.client;

import java.time.Duration;
import java.util.Optional;

/**
 * How messages are consumed. Immutable; any thread.
 *
 * @param most how many messages to consume in all
 * @param idle how long to wait for a message before that is the end; for ever if not said
 * @param lease how long to lease a message; as long as its queue says if not said
 */
record ConsumerOptions(long most, Optional<Duration> idle, Optional<Duration> lease) {
    /** The longest wait in one request; shorter than brokers allow, and than proxies cut connections. */
    static final Duration WAIT_MAX = Duration.ofSeconds(10);
}
