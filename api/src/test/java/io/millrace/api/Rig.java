package io.millrace.api;

import io.millrace.api.http.HttpDoorOptions;
import io.millrace.api.http.HttpDoorParts;
import io.millrace.api.http.HttpLimits;
import io.millrace.api.http.LogLevelControl;
import io.millrace.base.AgentHost;
import io.millrace.base.file.DiskFileSystem;
import io.millrace.base.file.FileSystem;
import io.millrace.broker.Broker;
import io.millrace.broker.BrokerOptions;
import io.millrace.broker.World;
import io.millrace.broker.security.AccessKeyIssuer;
import io.millrace.broker.security.Authenticator;
import io.millrace.broker.security.HashingCost;
import io.millrace.broker.security.PasswordVerifiers;
import io.millrace.broker.security.SealKeyFile;
import io.millrace.broker.security.SecretSeal;
import io.millrace.broker.security.Statement;
import io.millrace.broker.security.User;
import io.millrace.storage.local.LocalStoreOpener;
import io.millrace.storage.local.LocalStoreOptions;
import io.millrace.storage.local.ScrubOptions;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.event.Level;

/** A whole broker with an HTTP door in this process, on a free port, over a directory of the test. */
public final class Rig implements AutoCloseable {
    public static final HashingCost CHEAP = new HashingCost(4096, 4096, 4096);

    public static final LocalStoreOptions STORE =
            LocalStoreOptions.DEFAULT.withShards(4).withSizes(8 << 20, 8 << 20, 64 << 10);

    private final Path directory;
    private final HttpDoorOptions options;
    private final HttpClient client;
    private final FileSystem disk;
    private final LocalStoreOptions store;
    private final SecureRandom random = new SecureRandom();
    private final MovableTime time = new MovableTime();
    private EventLoopGroup group;
    private Broker broker;
    private HttpDoorParts parts;
    private RigBackups backups;
    private HttpDoor door;
    private Http http;

    private Rig(Path directory, HttpDoorOptions options, HttpClient client, FileSystem disk, LocalStoreOptions store)
            throws IOException {
        this.directory = directory;
        this.options = options;
        this.client = client;
        this.disk = disk;
        this.store = store;
        start();
    }

    public static Rig open(Path directory, HttpLimits limits) throws IOException {
        HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        return open(directory, HttpDoorOptions.onFreePort().with(limits), client);
    }

    /** With a client that speaks the version of HTTP, and trusts whom, the test needs. */
    public static Rig open(Path directory, HttpDoorOptions options, HttpClient client) throws IOException {
        return open(directory, options, client, new DiskFileSystem(), STORE);
    }

    /** On a disk and with a store as the test needs them. */
    public static Rig open(
            Path directory, HttpDoorOptions options, HttpClient client, FileSystem disk, LocalStoreOptions store)
            throws IOException {
        return new Rig(directory, options, client, disk, store);
    }

    private void start() throws IOException {
        group = NettyLoop.newGroup(2);
        World world = new World(disk, time, random, time.wrap(NettyLoop.all(group)), AgentHost.THREADS);
        Path data = directory.resolve("data");
        BrokerOptions defaults = BrokerOptions.in(data);
        broker = Broker.open(
                new BrokerOptions(
                        new LocalStoreOpener(data, store, ScrubOptions.NEVER),
                        defaults.limits(),
                        defaults.messageBytesMax()),
                world);
        broker.started().orTimeout(20, TimeUnit.SECONDS).join();
        SecretSeal seal =
                new SecretSeal(new SealKeyFile(directory.resolve("seal.keys"), random).openOrCreate(), random);
        backups = new RigBackups(broker.store().backups(), directory.resolve("backups"));
        parts = new HttpDoorParts(
                broker,
                new Authenticator(broker.catalog(), seal, CHEAP, time, random),
                new AccessKeyIssuer(seal, time, random),
                CHEAP,
                random,
                new LevelsInMemory(),
                backups,
                group);
        door = HttpDoor.open(options, parts);
        http = new Http(door.address(), client, options.tls() != null);
    }

    /** The levels of no log. */
    private static final class LevelsInMemory implements LogLevelControl {
        private final Map<String, Level> levels = new TreeMap<>(Map.of("ROOT", Level.INFO));

        @Override
        public Map<String, Level> levels() {
            return Map.copyOf(levels);
        }

        @Override
        public void set(String logger, Level level) {
            if (logger.contains(" ")) {
                throw new IllegalArgumentException("a logger's name has no space");
            }
            if (level == null) {
                levels.remove(logger);
            } else {
                levels.put(logger, level);
            }
        }
    }

    public Http http() {
        return http;
    }

    public HttpDoor door() {
        return door;
    }

    /** What its door works with, and another one could. */
    public HttpDoorParts parts() {
        return parts;
    }

    /** The time that broker and door live in. */
    public MovableTime time() {
        return time;
    }

    public RigBackups backups() {
        return backups;
    }

    public Broker broker() {
        return broker;
    }

    /** Makes a user without asking the door. */
    public void addUser(String name, String password, boolean administrator, Statement... statements) {
        PasswordVerifiers verifiers = PasswordVerifiers.create(password, CHEAP, random);
        broker.catalog()
                .putUser(name, user -> User.named(name)
                        .withPassword(verifiers)
                        .withAdministrator(administrator)
                        .withStatements(List.of(statements)))
                .join();
    }

    /** Ends broker and door in order, and starts them again over the same directory. */
    public void restart() throws IOException {
        close();
        start();
    }

    @Override
    public void close() throws IOException {
        http.close();
        var idle = door.beginClose();
        broker.beginClose().orTimeout(20, TimeUnit.SECONDS).join();
        idle.orTimeout(20, TimeUnit.SECONDS).join();
        door.close();
        broker.close(20_000);
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
