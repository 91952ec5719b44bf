package io.millrace.broker;

import io.millrace.broker.catalog.QueueSettings;
import io.millrace.engine.policy.EngineLimits;
import io.millrace.storage.StoreOpener;
import io.millrace.storage.local.LocalStoreOpener;
import io.millrace.storage.local.LocalStoreOptions;
import io.millrace.storage.local.ScrubOptions;
import java.nio.file.Path;

/**
 * How a broker is set up.
 *
 * @param store where everything durable is, and how it is laid out
 * @param limits bounds of the engine
 * @param messageBytesMax the largest message that any queue accepts, in bytes
 */
public record BrokerOptions(StoreOpener store, EngineLimits limits, int messageBytesMax) {
    /** The defaults, in {@code directory}. */
    public static BrokerOptions in(Path directory) {
        return new BrokerOptions(
                new LocalStoreOpener(directory, LocalStoreOptions.DEFAULT, ScrubOptions.DEFAULT),
                EngineLimits.DEFAULT,
                QueueSettings.MESSAGE_BYTES_MAX);
    }
}
