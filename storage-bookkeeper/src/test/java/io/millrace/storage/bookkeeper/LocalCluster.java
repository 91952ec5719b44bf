package io.millrace.storage.bookkeeper;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.bookkeeper.client.BookKeeperAdmin;
import org.apache.bookkeeper.common.component.LifecycleComponentStack;
import org.apache.bookkeeper.conf.ServerConfiguration;
import org.apache.zookeeper.server.NIOServerCnxnFactory;
import org.apache.zookeeper.server.ZooKeeperServer;
import org.jspecify.annotations.Nullable;

/** A ZooKeeper and some bookies in this process, on ports of their own; what they hold outlives their restart. */
final class LocalCluster implements AutoCloseable {
    private static final String HOST = "127.0.0.1";

    private final Path directory;
    private final int zooKeeperPort;
    private final int[] bookiePorts;
    private final List<@Nullable LifecycleComponentStack> bookies = new ArrayList<>();
    private @Nullable NIOServerCnxnFactory connections;

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
        connections = ClusterProcess.startZooKeeper(directory.resolve("zookeeper"), zooKeeperPort);
    }

    void stopZooKeeper() throws IOException {
        if (connections != null) {
            ZooKeeperServer server = connections.getZooKeeperServer();
            connections.shutdown();
            server.shutdown();
            server.getZKDatabase().close();
        }
        connections = null;
    }

    /** Ends every session, as if the clients had not been heard of for long. */
    void expireSessions() {
        ZooKeeperServer server = connections.getZooKeeperServer();
        for (long session : server.getZKDatabase().getSessions()) {
            server.closeSession(session);
        }
    }

    void startBookie(int index) throws Exception {
        LifecycleComponentStack bookie = ClusterProcess.startBookie(configuration(index));
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
        return ClusterProcess.bookie(zooKeeper(), bookieDirectory(bookie), bookiePorts[bookie]);
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
