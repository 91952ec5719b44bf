package io.millrace.server.client;

import io.millrace.base.Clock;
import io.millrace.broker.security.HashingCost;
import io.millrace.server.config.ConfigurationException;
import io.millrace.server.config.HostPort;
import io.millrace.server.config.Settings;
import io.millrace.server.config.SettingsLoader;
import io.millrace.server.logging.LogFormat;
import io.millrace.server.logging.Logging;
import io.millrace.server.process.DirectoryLock;
import io.millrace.server.process.RunningBroker;
import io.millrace.server.process.StartException;
import io.millrace.server.wiring.BrokerAssembly;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Map;
import org.slf4j.event.Level;

/**
 * A real broker with its HTTP door, in this process, on a port of its own that a restart keeps. Only its passwords are
 * hashed less often than those of others.
 */
public final class LiveBroker implements AutoCloseable {
    private static final HashingCost CHEAP = new HashingCost(4096, 4096, 4096);

    private final Path data;
    private final Logging logging = Logging.start(LogFormat.TEXT, Level.ERROR, OutputStream.nullOutputStream());
    private DirectoryLock lock;
    private RunningBroker broker;
    private HostPort http;

    private LiveBroker(Path data) throws StartException, ConfigurationException {
        this.data = data;
        start(0);
    }

    public static LiveBroker on(Path data) throws StartException, ConfigurationException {
        return new LiveBroker(data);
    }

    private void start(int port) throws StartException, ConfigurationException {
        Settings settings = new SettingsLoader(Map.of(), Runtime.getRuntime().maxMemory())
                .dataDirectory(data.toString())
                .set("doors.http.port=" + port)
                .set("storage.shards=4")
                .set("storage.backup-directory=" + data.resolveSibling("backups"))
                .set("storage.journal.file-bytes=4MiB")
                .load();
        lock = DirectoryLock.take(data, Clock.SYSTEM);
        broker = new BrokerAssembly(CHEAP).start(settings, logging.levels());
        http = broker.doors().get("http");
    }

    public String url() {
        return "http://" + http;
    }

    public void stop() {
        broker.beginShutdown().join();
        broker.close();
        lock.close();
    }

    public void startAgain() throws StartException, ConfigurationException {
        start(http.port());
    }

    @Override
    public void close() {
        stop();
        logging.close();
    }
}
