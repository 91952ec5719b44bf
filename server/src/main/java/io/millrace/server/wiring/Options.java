package io.millrace.server.wiring;

import io.millrace.api.http.HttpDoorOptions;
import io.millrace.api.http.HttpLimits;
import io.millrace.broker.BrokerOptions;
import io.millrace.broker.catalog.QueueSettings;
import io.millrace.engine.policy.EngineLimits;
import io.millrace.server.config.DoorSettings;
import io.millrace.server.config.HostPort;
import io.millrace.server.config.Settings;
import io.millrace.storage.ClusterStoreOptions;
import io.millrace.storage.StoreOpener;
import io.millrace.storage.local.LocalStoreOpener;
import io.millrace.storage.local.LocalStoreOptions;
import io.millrace.storage.local.ScrubOptions;
import io.millrace.storage.local.SpaceLimits;

/** Settings of the process as the options of its parts. Stateless; any thread. */
public final class Options {
    private Options() {}

    /** How the broker is set up on {@code store}. */
    static BrokerOptions broker(Settings settings, StoreOpener store) {
        EngineLimits limits = new EngineLimits(
                settings.limits().unsyncedBytes(), settings.limits().leasesPerQueue());
        return new BrokerOptions(store, limits, settings.limits().messageBytes());
    }

    /** The store on a cluster. */
    static ClusterStoreOptions clusterStore(Settings settings) {
        Settings.Storage storage = settings.storage();
        Settings.BookKeeper cluster = storage.bookKeeper();
        return new ClusterStoreOptions(
                cluster.zooKeeper().orElseThrow(),
                cluster.root(),
                cluster.ledgersRoot(),
                cluster.ensemble(),
                cluster.writeQuorum(),
                cluster.ackQuorum(),
                storage.shards(),
                cluster.ledgerBytes(),
                storage.journalBytes(),
                storage.tailCacheBytes(),
                Math.toIntExact(cluster.entryTimeout().toMillis()),
                Math.toIntExact(cluster.repairTimeout().toMillis()));
    }

    /** The store in the data directory. */
    static LocalStoreOpener localStore(Settings settings) {
        Settings.Storage storage = settings.storage();
        LocalStoreOptions defaults = LocalStoreOptions.DEFAULT;
        LocalStoreOptions store = new LocalStoreOptions(
                storage.shards(),
                storage.journalFileBytes(),
                storage.journalSpareFiles(),
                storage.tailCacheBytes(),
                defaults.chunkBytes(),
                defaults.groupsAhead(),
                storage.journalBytes(),
                new SpaceLimits(
                        storage.bytesMax(),
                        storage.freeBytesMin(),
                        settings.limits().unsyncedBytes()));
        return new LocalStoreOpener(settings.dataDirectory(), store, scrub(storage));
    }

    private static ScrubOptions scrub(Settings.Storage storage) {
        return new ScrubOptions(
                storage.scrubBytesPerSecond(), storage.scrubInterval().toMillis());
    }

    /** How the HTTP door is set up. */
    static HttpDoorOptions http(DoorSettings door, Settings settings) {
        HttpDoorOptions.Tls tls = door.tls()
                .map(files -> new HttpDoorOptions.Tls(files.certificate(), files.key()))
                .orElse(null);
        QueueSettings queueDefaults = new QueueSettings(
                settings.queues().lease().toMillis(), settings.limits().messageBytes());
        return new HttpDoorOptions(
                door.host(),
                door.port(),
                tls,
                door.advertise().map(HostPort::toString).orElse(null),
                httpLimits(settings.limits()),
                queueDefaults);
    }

    private static HttpLimits httpLimits(Settings.Limits limits) {
        HttpLimits defaults = HttpLimits.DEFAULT;
        return defaults.withCounts(limits.connections(), limits.metricsQueues())
                .withRequestBytes(limits.requestBytes(), limits.requestsBytesTotal())
                .with(new HttpLimits.Answers(
                        limits.receiveMessages(), limits.receiveBytes(), limits.requestsBytesTotal()))
                .with(new HttpLimits.Times(
                        limits.waitMax().toMillis(),
                        limits.leaseMax().toMillis(),
                        defaults.times().requestMillisMax(),
                        defaults.times().idleMillisMax()));
    }
}
