package io.millrace.storage.bookkeeper;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.bookkeeper.client.BookKeeperAdmin;
import org.apache.bookkeeper.common.component.LifecycleComponentStack;
import org.apache.bookkeeper.conf.ServerConfiguration;
import org.apache.bookkeeper.server.EmbeddedServer;
import org.apache.bookkeeper.server.conf.BookieConfiguration;
import org.apache.zookeeper.server.NIOServerCnxnFactory;
import org.apache.zookeeper.server.ServerCnxnFactory;
import org.apache.zookeeper.server.ZooKeeperServer;
import org.jspecify.annotations.Nullable;

/** A ZooKeeper and some bookies in this process, on ports of their own; what they hold outlives their restart. */
final class LocalCluster implements AutoCloseable {
    private static final String HOST = "127.0.0.1";
    private static final int TICK_MILLIS = 500;

    private final Path directory;
    private final int zooKeeperPort;
    private final int[] bookiePorts;
    private final List<@Nullable LifecycleComponentStack> bookies = new ArrayList<>();
    private @Nullable ServerCnxnFactory connections;
    private @Nullable ZooKeeperServer zooKeeper;

    /** Starts a new cluster in {@code directory}, which is empty. */
    LocalCluster(Path directory, int bookieCount) throws Exception {
        this.directory = directory;
        List<Integer> ports = freePorts(bookieCount + 1);
        this.zooKeeperPort = ports.get(0);
        this.bookiePorts = ports.stream().skip(1).mapToInt(each -> each).toArray();
        startZooKeeper();
        BookKeeperAdmin.initNewCluster(configuration(0));
        for (int i = 0; i < bookieCount; i++) {
            bookies.add(null);
            startBookie(i);
        }
    }

    /** The address of the ZooKeeper. */
    String zooKeeper() {
        return HOST + ":" + zooKeeperPort;
    }

    void startZooKeeper() throws Exception {
        Path at = directory.resolve("zookeeper");
        zooKeeper = new ZooKeeperServer(at.toFile(), at.toFile(), TICK_MILLIS);
        connections = new NIOServerCnxnFactory();
        connections.configure(new InetSocketAddress(InetAddress.getLoopbackAddress(), zooKeeperPort), 1000);
        connections.startup(zooKeeper);
    }

    void stopZooKeeper() throws IOException {
        if (connections != null && zooKeeper != null) {
            connections.shutdown();
            zooKeeper.shutdown();
            zooKeeper.getZKDatabase().close();
        }
        connections = null;
        zooKeeper = null;
    }

    /** Ends every session, as if the clients had not been heard of for long. */
    void expireSessions() {
        for (long session : zooKeeper.getZKDatabase().getSessions()) {
            zooKeeper.closeSession(session);
        }
    }

    void startBookie(int index) throws Exception {
        LifecycleComponentStack bookie = EmbeddedServer.builder(new BookieConfiguration(configuration(index)))
                .build()
                .getLifecycleComponentStack();
        bookie.start();
        bookies.set(index, bookie);
    }

    /** Takes the bookie away: its connections end at once. */
    void stopBookie(int index) {
        LifecycleComponentStack bookie = bookies.set(index, null);
        if (bookie != null) {
            bookie.close();
        }
    }

    boolean hasBookie(int index) {
        return bookies.get(index) != null;
    }

    /** Whether two bookies are there, as many as the default of the ack quorum. */
    boolean hasQuorum() {
        return bookies.stream().filter(each -> each != null).count() >= 2;
    }

    int bookieCount() {
        return bookies.size();
    }

    /** Stops all and starts all again, on what is on disk. */
    void restart() throws Exception {
        close();
        startZooKeeper();
        for (int i = 0; i < bookies.size(); i++) {
            startBookie(i);
        }
    }

    @Override
    public void close() throws IOException {
        for (int i = 0; i < bookies.size(); i++) {
            stopBookie(i);
        }
        stopZooKeeper();
    }

    /** Where a bookie keeps its files. */
    Path bookieDirectory(int bookie) {
        return directory.resolve("bookie-" + bookie);
    }

    private ServerConfiguration configuration(int bookie) {
        String at = bookieDirectory(bookie).toString();
        ServerConfiguration configuration = new ServerConfiguration();
        configuration.setMetadataServiceUri("zk+hierarchical://" + zooKeeper() + "/ledgers");
        configuration.setZkTimeout(4000);
        configuration.setAdvertisedAddress(HOST);
        configuration.setListeningInterface("lo");
        configuration.setAllowLoopback(true);
        configuration.setBookiePort(bookiePorts[bookie]);
        configuration.setJournalDirsName(new String[] {at});
        configuration.setLedgerDirNames(new String[] {at});
        configuration.setLedgerStorageClass("org.apache.bookkeeper.bookie.SortedLedgerStorage");
        configuration.setSkipListSizeLimit(8 << 20);
        configuration.setProperty("journalPreAllocSizeMB", 1);
        configuration.setMaxJournalSizeMB(64);
        configuration.setJournalWriteBufferSizeKB(64);
        configuration.setPageLimit(512);
        configuration.setEntryLogFilePreAllocationEnabled(false);
        configuration.setDiskUsageThreshold(0.99f);
        configuration.setDiskUsageWarnThreshold(0.98f);
        configuration.setNumAddWorkerThreads(1);
        configuration.setNumReadWorkerThreads(1);
        configuration.setNumLongPollWorkerThreads(0);
        configuration.setServerNumIOThreads(1);
        configuration.setGcWaitTime(TimeUnit.MINUTES.toMillis(10));
        configuration.setAllowEphemeralPorts(false);
        configuration.setHttpServerEnabled(false);
        configuration.setAutoRecoveryDaemonEnabled(false);
        configuration.setStatisticsEnabled(false);
        return configuration;
    }

    private static List<Integer> freePorts(int count) throws IOException {
        List<ServerSocket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            return sockets.stream().map(ServerSocket::getLocalPort).toList();
        } finally {
            for (ServerSocket each : sockets) {
                each.close();
            }
        }
    }
}
