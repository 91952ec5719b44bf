package io.millrace.storage.bookkeeper;

import io.millrace.storage.OwnershipLostException;
import io.millrace.storage.bookkeeper.Nodes.Node;
import java.io.IOException;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** The nodes of a store. Any thread; what returns no future waits. */
final class StoreNodes {
    private static final long NODE_MILLIS_MAX = 60_000;

    private final Nodes nodes;
    private final String root;
    private final Executor later;

    StoreNodes(Nodes nodes, String root, Executor later) {
        this.nodes = nodes;
        this.root = root;
        this.later = later;
    }

    /** The path of a shard's node. */
    String shard(int shard) {
        return root + "/shards/" + shard;
    }

    /** Makes the store where it is not there, and gives this start its epoch. */
    StoreIdentity begin(RandomGenerator random) throws IOException {
        String path = root + "/store";
        makeDirectories();
        for (; ; ) {
            StoreIdentity first = new StoreIdentity(new UUID(random.nextLong(), random.nextLong()), 0);
            createIfMissing(path, first.encode());
            Node found = read(path);
            StoreIdentity next = StoreIdentity.decode(found.content(), path).next();
            try {
                Futures.await(nodes.set(path, next.encode(), found.version()), NODE_MILLIS_MAX, path);
                return next;
            } catch (IOException e) {
                if (Nodes.isOtherVersion(e)) {
                    throw new OwnershipLostException(
                            "somebody else has opened the store " + root + " at the same time");
                }
                if (!Nodes.isInDoubt(e)) {
                    throw e;
                }
                // An epoch more or less does not matter.
            }
        }
    }

    /** The epoch of the start that was begun last. */
    CompletableFuture<Long> epochOfStore() {
        String path = root + "/store";
        return nodes.read(path)
                .thenApply(node ->
                        decoded(() -> StoreIdentity.decode(node.content(), path).epoch()));
    }

    /** The epoch of the start that has {@code shard}. */
    CompletableFuture<Long> epochOfShard(int shard) {
        String path = shard(shard);
        return nodes.read(path)
                .thenApply(node -> decoded(
                        () -> ShardStateFormat.decode(node.content(), path).epoch()));
    }

    private static <T> T decoded(Callable<T> decoder) {
        try {
            return decoder.call();
        } catch (Exception e) {
            throw new CompletionException(e);
        }
    }

    /** Throws where the store has a shard beyond those that are to be opened. */
    void checkShards(int shards) throws IOException {
        if (isThere(shard(shards))) {
            throw new IOException("the store " + root + " has more shards than " + shards + ": none can be left out");
        }
    }

    Node read(String path) throws IOException {
        return Futures.await(again(() -> nodes.read(path)), NODE_MILLIS_MAX, path);
    }

    void createIfMissing(String path, byte[] content) throws IOException {
        Futures.await(
                again(() -> nodes.create(path, content)
                        .exceptionallyCompose(failure -> Nodes.isThere(failure)
                                ? CompletableFuture.completedFuture(null)
                                : CompletableFuture.failedFuture(failure))),
                NODE_MILLIS_MAX,
                path);
    }

    private boolean isThere(String path) throws IOException {
        try {
            read(path);
            return true;
        } catch (IOException e) {
            if (Nodes.isMissing(e)) {
                return false;
            }
            throw e;
        }
    }

    private void makeDirectories() throws IOException {
        for (int end = root.indexOf('/', 1); end >= 0; end = root.indexOf('/', end + 1)) {
            createIfMissing(root.substring(0, end), new byte[0]);
        }
        createIfMissing(root, new byte[0]);
        createIfMissing(root + "/shards", new byte[0]);
    }

    /** Asks until the answer is known; the caller waits no longer than it likes. */
    private <T> CompletableFuture<T> again(Supplier<CompletableFuture<T>> request) {
        return request.get().exceptionallyCompose(failure -> {
            if (!Nodes.isInDoubt(failure)) {
                return CompletableFuture.failedFuture(failure);
            }
            CompletableFuture<Void> paused = new CompletableFuture<>();
            later.execute(() -> paused.complete(null));
            return paused.thenCompose(none -> again(request));
        });
    }
}
