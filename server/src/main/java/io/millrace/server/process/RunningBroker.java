package io.millrace.server.process;

import io.millrace.server.config.HostPort;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** A broker whose doors are open, as the process around it sees it. Called by one thread. */
public interface RunningBroker extends AutoCloseable {
    /** Where each open door really listens, by the door's name. */
    Map<String, HostPort> doors();

    /** Completes, with the cause as its value, when the broker cannot go on and the process should end. */
    CompletableFuture<Throwable> failure();

    /**
     * Begins the orderly end and returns at once: the broker is no longer ready, doors stop accepting, confirms that
     * are pending are answered, clients get their protocol's goodbye. Completes when that is done.
     */
    CompletableFuture<Void> beginShutdown();

    /** Ends what still runs, closes every file, and returns when that is done. Also called without an orderly end. */
    @Override
    void close();
}
