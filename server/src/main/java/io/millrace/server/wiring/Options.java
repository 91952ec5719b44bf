package io.millrace.server.wiring;

import io.millrace.api.http.HttpDoorOptions;
import io.millrace.api.http.HttpLimits;
import io.millrace.broker.BrokerOptions;
import io.millrace.broker.catalog.QueueSettings;
import io.millrace.engine.EngineLimits;
import io.millrace.server.config.DoorSettings;
import io.millrace.server.config.HostPort;
import io.millrace.server.config.Settings;
import io.millrace.storage.local.LocalStoreOptions;
import io.millrace.storage.local.SpaceLimits;

/** Settings of the process as the options of its parts. Stateless; any thread. */
public final class Options {
    private Options() {}

    /** How the broker is set up. */
    public static BrokerOptions broker(Settings settings) {
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
        EngineLimits limits = new EngineLimits(
                settings.limits().unsyncedBytes(), settings.limits().leasesPerQueue());
        return new BrokerOptions(
                settings.dataDirectory(), store, limits, settings.limits().messageBytes());
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
