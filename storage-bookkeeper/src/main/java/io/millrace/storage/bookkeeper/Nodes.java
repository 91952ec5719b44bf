package io.millrace.storage.bookkeeper;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.bookkeeper.zookeeper.BoundExponentialBackoffRetryPolicy;
import org.apache.bookkeeper.zookeeper.ZooKeeperClient;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.data.Stat;

/**
 * The nodes of ZooKeeper that the store keeps. A session that is lost is replaced by a new one; what was asked for
 * meanwhile fails, and may have been done. Any thread; completed on ZooKeeper's thread.
 */
final class Nodes {
    /** What a lost connection, a lost session or a slow server leaves behind: nobody knows whether it was done. */
    private static final Set<Code> IN_DOUBT =
            Set.of(Code.CONNECTIONLOSS, Code.OPERATIONTIMEOUT, Code.SESSIONEXPIRED, Code.REQUESTTIMEOUT);

    private final ZooKeeperClient client;

    private Nodes(ZooKeeperClient client) {
        this.client = client;
    }

    /** A node as it was read. */
    record Node(byte[] content, int version) {}

    /** Connects; throws where no server answers within the session's time. */
    static Nodes connect(String servers, int sessionMillis) throws IOException {
        try {
            return new Nodes(ZooKeeperClient.newBuilder()
                    .connectString(servers)
                    .sessionTimeoutMs(sessionMillis)
                    // Who asks decides whether to ask again.
                    .operationRetryPolicy(new BoundExponentialBackoffRetryPolicy(0, 0, 0))
                    .build());
        } catch (KeeperException e) {
            throw new IOException("no ZooKeeper at " + servers + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while connecting to ZooKeeper", e);
        }
    }

    CompletableFuture<Node> read(String path) {
        CompletableFuture<Node> read = new CompletableFuture<>();
        client.getData(
                path,
                false,
                (rc, at, context, content, stat) -> {
                    if (complete(rc, at, read)) {
                        read.complete(new Node(content, stat.getVersion()));
                    }
                },
                null);
        return read;
    }

    /** Sets the node's content if it has {@code version}; gives the new version. */
    CompletableFuture<Integer> set(String path, byte[] content, int version) {
        CompletableFuture<Integer> set = new CompletableFuture<>();
        client.setData(
                path,
                content,
                version,
                (int rc, String at, Object context, Stat stat) -> {
                    if (complete(rc, at, set)) {
                        set.complete(stat.getVersion());
                    }
                },
                null);
        return set;
    }

    /** Makes a persistent node; fails where it is there. */
    CompletableFuture<Void> create(String path, byte[] content) {
        CompletableFuture<Void> created = new CompletableFuture<>();
        client.create(
                path,
                content,
                ZooDefs.Ids.OPEN_ACL_UNSAFE,
                CreateMode.PERSISTENT,
                (int rc, String at, Object context, String name) -> {
                    if (complete(rc, at, created)) {
                        created.complete(null);
                    }
                },
                null);
        return created;
    }

    void close() {
        try {
            client.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether {@code failure} says that the node does not have the version any more. */
    static boolean isOtherVersion(Throwable failure) {
        return code(failure) == Code.BADVERSION;
    }

    static boolean isMissing(Throwable failure) {
        return code(failure) == Code.NONODE;
    }

    static boolean isThere(Throwable failure) {
        return code(failure) == Code.NODEEXISTS;
    }

    /** Whether it may have been done, and can be tried again. */
    static boolean isInDoubt(Throwable failure) {
        return IN_DOUBT.contains(code(failure));
    }

    /** What ZooKeeper says in {@code failure} or in what has caused it. */
    private static Code code(Throwable failure) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            if (each instanceof KeeperException e) {
                return e.code();
            }
        }
        return Code.SYSTEMERROR;
    }

    private static boolean complete(int rc, String path, CompletableFuture<?> future) {
        if (rc == Code.OK.intValue()) {
            return true;
        }
        future.completeExceptionally(KeeperException.create(Code.get(rc), path));
        return false;
    }
}
