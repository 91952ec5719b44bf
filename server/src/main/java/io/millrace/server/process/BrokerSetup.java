package io.millrace.server.process;

import io.millrace.broker.BrokerOptions;
import io.millrace.engine.EngineLimits;
import io.millrace.server.config.Settings;
import io.millrace.storage.local.LocalStoreOptions;
import java.nio.file.Path;

/**
 * What the settings of a process mean for its broker, whoever opens it: {@code serve}, or a command that works on the
 * data directory alone. Stateless; any thread.
 */
public final class BrokerSetup {
    private static final String SEAL_KEYS = "seal.keys";

    private BrokerSetup() {}

    /** The options of the broker. */
    public static BrokerOptions options(Settings settings) {
        Settings.Storage storage = settings.storage();
        LocalStoreOptions defaults = LocalStoreOptions.DEFAULT;
        var store = new LocalStoreOptions(
                storage.shards(),
                storage.journalFileBytes(),
                Math.max(1, storage.journalSpareFiles()),
                storage.tailCacheBytes(),
                defaults.chunkBytes(),
                defaults.groupsAhead());
        var limits = new EngineLimits(
                settings.limits().unsyncedBytes(), settings.limits().leasesPerQueue());
        return new BrokerOptions(
                settings.dataDirectory(), store, limits, settings.limits().messageBytes());
    }

    /** The file with the keys that seal the secrets of access keys. */
    public static Path sealKeys(Settings settings) {
        return settings.dataDirectory().resolve(SEAL_KEYS);
    }
}
