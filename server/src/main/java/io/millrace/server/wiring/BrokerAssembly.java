package io.millrace.server.wiring;

import io.millrace.api.HttpDoor;
import io.millrace.api.NettyLoop;
import io.millrace.api.http.HttpDoorParts;
import io.millrace.api.http.TlsFilesException;
import io.millrace.base.AgentHost;
import io.millrace.base.Clock;
import io.millrace.base.file.DiskFileSystem;
import io.millrace.broker.Broker;
import io.millrace.broker.World;
import io.millrace.broker.security.AccessKeyIssuer;
import io.millrace.broker.security.Authenticator;
import io.millrace.broker.security.HashingCost;
import io.millrace.broker.security.SealKeyFile;
import io.millrace.broker.security.SecretSeal;
import io.millrace.server.config.DoorSettings;
import io.millrace.server.config.Settings;
import io.millrace.server.config.StorageKind;
import io.millrace.server.logging.LogLevels;
import io.millrace.server.process.BrokerStarter;
import io.millrace.server.process.DoorPorts;
import io.millrace.server.process.FailureReason;
import io.millrace.server.process.ListenPolicy;
import io.millrace.server.process.RunningBroker;
import io.millrace.server.process.StartException;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.event.Level;

/** Starts the broker that {@code serve} runs. */
public final class BrokerAssembly implements BrokerStarter {
    private static final long FIRST_SYNC_SECONDS_MAX = 60;
    private static final List<String> CLIENT_LOGGERS = List.of("org.apache.bookkeeper", "org.apache.zookeeper");

    private final HashingCost cost;

    /** Starts brokers as they are to be: passwords are hashed at the recommended cost. */
    public BrokerAssembly() {
        this(HashingCost.RECOMMENDED);
    }

    /** Starts brokers that hash passwords at {@code cost}. */
    public BrokerAssembly(HashingCost cost) {
        this.cost = cost;
    }

    @Override
    public RunningBroker start(Settings settings, LogLevels levels) throws StartException {
        EventLoopGroup loops = NettyLoop.newGroup(Runtime.getRuntime().availableProcessors());
        AssembledBroker assembled = new AssembledBroker(loops, settings.shutdownTimeout());
        try {
            quietClient(settings, levels);
            Broker broker = openBroker(settings, loops);
            assembled.broker(broker);
            awaitStart(broker);
            ListenPolicy.check(settings, !broker.catalog().isEmpty());
            HttpDoorParts parts = parts(settings, broker, levels, loops);
            for (DoorSettings door : settings.doors().values()) {
                if (door.enabled()) {
                    assembled.door(door, openDoor(door, settings, parts));
                }
            }
            return assembled;
        } catch (IOException e) {
            assembled.close();
            throw new StartException(FailureReason.of(e), e);
        } catch (StartException | RuntimeException e) {
            assembled.close();
            throw e;
        }
    }

    /** It logs errors for each entry while a bookie is down; what becomes of the logs is ours to say. */
    private static void quietClient(Settings settings, LogLevels levels) {
        if (settings.storage().kind() == StorageKind.BOOKKEEPER) {
            CLIENT_LOGGERS.forEach(each -> levels.set(each, Level.ERROR));
        }
    }

    /** Opens the broker on the store asked for, on {@code loops}; the caller holds the data directory's lock. */
    public static Broker openBroker(Settings settings, EventLoopGroup loops) throws IOException, StartException {
        World world = new World(
                new DiskFileSystem(), Clock.SYSTEM, new SecureRandom(), NettyLoop.all(loops), AgentHost.THREADS);
        return Broker.open(Options.broker(settings, StoreChoice.opener(settings)), world);
    }

    private static void awaitStart(Broker broker) throws StartException {
        try {
            broker.started().get(FIRST_SYNC_SECONDS_MAX, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new StartException(
                    "storage does not take its first record: " + broker.health().reason(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StartException("the start was interrupted", e);
        }
    }

    private HttpDoorParts parts(Settings settings, Broker broker, LogLevels levels, EventLoopGroup loops)
            throws IOException, StartException {
        SecureRandom random = new SecureRandom();
        SecretSeal seal = openSeal(settings, random);
        SealedKeys.check(broker.catalog().snapshot().users().values(), seal, settings.sealKeyFile());
        return new HttpDoorParts(
                broker,
                new Authenticator(broker.catalog(), seal, cost, Clock.SYSTEM, random),
                new AccessKeyIssuer(seal, Clock.SYSTEM, random),
                cost,
                random,
                new LogLevelAdapter(levels),
                DirectoryBackups.of(settings, broker.store().backups()),
                loops);
    }

    /** The seal of access keys' secrets; the caller holds the data directory's lock. */
    public static SecretSeal openSeal(Settings settings, SecureRandom random) throws IOException {
        SealKeyFile keyFile = new SealKeyFile(settings.sealKeyFile(), random);
        return new SecretSeal(keyFile.openOrCreate(), random);
    }

    private static HttpDoor openDoor(DoorSettings door, Settings settings, HttpDoorParts parts) throws StartException {
        try {
            return HttpDoor.open(Options.http(door, settings), parts);
        } catch (TlsFilesException e) {
            String keys = "doors." + door.name() + ".tls";
            throw new StartException(
                    "door " + door.name() + " cannot speak TLS: " + e.getMessage() + ". Change " + keys
                            + ".certificate or " + keys + ".key.",
                    e);
        } catch (IOException e) {
            throw DoorPorts.refusal(door, e);
        }
    }
}
