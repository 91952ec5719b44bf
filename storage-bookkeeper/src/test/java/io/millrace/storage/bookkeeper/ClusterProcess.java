package io.millrace.storage.bookkeeper;

import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.apache.bookkeeper.client.BookKeeperAdmin;
import org.apache.bookkeeper.common.component.LifecycleComponentStack;
import org.apache.bookkeeper.conf.ServerConfiguration;
import org.apache.bookkeeper.server.EmbeddedServer;
import org.apache.bookkeeper.server.conf.BookieConfiguration;
import org.apache.zookeeper.server.NIOServerCnxnFactory;
import org.apache.zookeeper.server.ZooKeeperServer;

/**
 * A ZooKeeper or a bookie with the settings that suit a small machine: what the tests start in their own process, and
 * the script {@code storage-bookkeeper/cluster} in one each. Everything is on 127.0.0.1, and synced as in production.
 */
final class ClusterProcess {
    private static final String HOST = "127.0.0.1";
    private static final int TICK_MILLIS = 500;
    private static final int CONNECTIONS_MAX = 1000;

    private ClusterProcess() {}

    /**
     * {@code zookeeper DIRECTORY PORT} or {@code bookie DIRECTORY PORT ZOOKEEPER-PORT}; makes the file {@code ready} in
     * the directory when it serves, and serves until it is killed. Or {@code cluster DIRECTORY BOOKIES}, all in one
     * process: prints where its ZooKeeper is, and serves until its input ends.
     */
    public static void main(String[] arguments) throws Exception {
        Path directory = Path.of(arguments[1]);
        Files.createDirectories(directory);
        if (arguments[0].equals("cluster")) {
            LocalCluster cluster = new LocalCluster(directory, Integer.parseInt(arguments[2]));
            System.out.println("ZooKeeper at " + cluster.zooKeeper());
            System.in.transferTo(OutputStream.nullOutputStream());
            Runtime.getRuntime().halt(0);
        }
        int port = Integer.parseInt(arguments[2]);
        if (arguments[0].equals("zookeeper")) {
            startZooKeeper(directory, port);
            BookKeeperAdmin.initNewCluster(bookie(HOST + ":" + port, directory, 0));
        } else {
            startBookie(bookie(HOST + ":" + arguments[3], directory, port));
        }
        Files.createFile(directory.resolve("ready"));
        Thread.currentThread().join();
    }

    static NIOServerCnxnFactory startZooKeeper(Path directory, int port) throws Exception {
        ZooKeeperServer server = new ZooKeeperServer(directory.toFile(), directory.toFile(), TICK_MILLIS);
        NIOServerCnxnFactory connections = new NIOServerCnxnFactory();
        connections.configure(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECTIONS_MAX);
        connections.startup(server);
        return connections;
    }

    static LifecycleComponentStack startBookie(ServerConfiguration configuration) throws Exception {
        LifecycleComponentStack bookie = EmbeddedServer.builder(new BookieConfiguration(configuration))
                .build()
                .getLifecycleComponentStack();
        bookie.start();
        return bookie;
    }

    static ServerConfiguration bookie(String zooKeeper, Path directory, int port) {
        ServerConfiguration configuration = new ServerConfiguration();
        configuration.setMetadataServiceUri("zk+hierarchical://" + zooKeeper + "/ledgers");
        configuration.setZkTimeout(4000);
        configuration.setAdvertisedAddress(HOST);
        configuration.setListeningInterface("lo");
        configuration.setAllowLoopback(true);
        configuration.setBookiePort(port);
        configuration.setJournalDirsName(new String[] {directory.toString()});
        configuration.setLedgerDirNames(new String[] {directory.toString()});
        // The other storage needs a native library of 70 MB.
        configuration.setLedgerStorageClass("org.apache.bookkeeper.bookie.SortedLedgerStorage");
        configuration.setSkipListSizeLimit(8 << 20);
        configuration.setProperty("journalPreAllocSizeMB", 1);
        configuration.setMaxJournalSizeMB(64);
        configuration.setJournalWriteBufferSizeKB(64);
        configuration.setPageLimit(512);
        configuration.setEntryLogFilePreAllocationEnabled(false);
        // A bookie on a fuller disk takes no entries.
        configuration.setDiskUsageThreshold(0.99f);
        configuration.setDiskUsageWarnThreshold(0.98f);
        configuration.setNumAddWorkerThreads(1);
        configuration.setNumReadWorkerThreads(1);
        configuration.setNumLongPollWorkerThreads(0);
        configuration.setServerNumIOThreads(1);
        configuration.setGcWaitTime(TimeUnit.MINUTES.toMillis(10));
        configuration.setHttpServerEnabled(false);
        configuration.setAutoRecoveryDaemonEnabled(false);
        configuration.setStatisticsEnabled(false);
        return configuration;
    }
}
