package io.millrace.server.process;

import io.millrace.server.config.Settings;
import io.millrace.server.logging.LogLevels;

/** Puts a broker together and starts it. */
@FunctionalInterface
public interface BrokerStarter {
    /**
     * Starts a broker; returns once every enabled door answers. Called with the lock on the data directory held. Before
     * a door opens, {@link ListenPolicy} is asked. If this throws, nothing of the broker is left running.
     *
     * @param levels the levels of this process's log, for the door that changes them
     */
    RunningBroker start(Settings settings, LogLevels levels) throws StartException;
}
