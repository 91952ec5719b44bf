package io.millrace.server.wiring;

import io.millrace.server.config.Settings;
import io.millrace.server.config.StorageKind;
import io.millrace.server.process.StartException;
import io.millrace.storage.StoreOpener;
import java.nio.file.Files;
import java.nio.file.LinkOption;

/** Which store a broker gets. Stateless; any thread. */
final class StoreChoice {
    /** What every directory with a local store has in it (docs/formats/journal.md). */
    private static final String LOCAL_STORE_FILE = "millrace.format";

    private StoreChoice() {}

    /** The store that {@code settings} ask for; refuses to pass over one that is in the data directory. */
    static StoreOpener opener(Settings settings) throws StartException {
        if (settings.storage().kind() == StorageKind.LOCAL) {
            return Options.localStore(settings);
        }
        if (Files.exists(settings.dataDirectory().resolve(LOCAL_STORE_FILE), LinkOption.NOFOLLOW_LINKS)) {
            throw new StartException("the data directory " + settings.dataDirectory()
                    + " holds a store of its own, which a broker on BookKeeper would not serve. Choose another"
                    + " directory with --data, or leave storage.kind at local.");
        }
        return ClusterStores.opener(Options.clusterStore(settings));
    }
}
