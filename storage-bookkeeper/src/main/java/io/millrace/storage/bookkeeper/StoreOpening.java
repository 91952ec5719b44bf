package io.millrace.storage.bookkeeper;

import io.millrace.base.Check;
import io.millrace.base.Clock;
import io.millrace.storage.Damage;
import io.millrace.storage.Replay;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import java.util.random.RandomGenerator;
import org.apache.bookkeeper.client.api.LedgerEntry;
import org.apache.bookkeeper.client.api.ReadHandle;
import org.jspecify.annotations.Nullable;

/**
 * The way from an address to shards that are ours and replayed. Shards are claimed some at a time, then replayed some
 * at a time, each by one thread. For the thread that opens the store, which waits.
 */
final class StoreOpening {
    private static final int CLAIMS_AT_ONCE = 32;
    private static final int REPLAYS_AT_ONCE = 8;
    private static final long CLAIM_MILLIS_MAX = 300_000;
    private static final long MANIFEST_MILLIS_MAX = 60_000;

    final BookKeeperOptions options;
    final Clock clock;
    final BookKeeperCounters counters = new BookKeeperCounters();
    final Later later = new Later();
    final Nodes nodes;
    final WriterAgent writer;
    final StoreNodes storeNodes;
    private final List<Damage> damages = new CopyOnWriteArrayList<>();
    private @Nullable Ledgers ledgers;
    private @Nullable StoreIdentity identity;
    private @Nullable LedgerHandles handles;

    /** A shard that is ours, and where its log goes on. */
    record OpenShard(ShardLink link, ShardClaim.Claimed claimed, LedgerSegmentStore segments) {
        long position() {
            return Check.notNull(claimed.state().last(), "a claimed log has a ledger")
                    .from();
        }
    }

    StoreOpening(BookKeeperOptions options, Clock clock) throws IOException {
        this.options = options;
        this.clock = clock;
        this.writer = new WriterAgent(options.shards(), options.sizes().logBytes());
        this.nodes = Nodes.connect(options.zooKeeper(), options.sessionMillis());
        this.storeNodes = new StoreNodes(nodes, options.root(), later);
    }

    Ledgers ledgers() {
        return Check.notNull(ledgers, "the store is opened");
    }

    /** What was found damaged. */
    List<Damage> damages() {
        return List.copyOf(damages);
    }

    StoreIdentity identity() {
        return Check.notNull(identity, "the store is opened");
    }

    /** Claims and replays; after a failure nothing is left open. */
    List<OpenShard> run(RandomGenerator random, IntFunction<Replay> replays) throws IOException {
        try {
            storeNodes.checkShards(options.shards());
            StoreIdentity mine = storeNodes.begin(random);
            identity = mine;
            Ledgers client = Ledgers.connect(options, mine.id(), counters);
            ledgers = client;
            handles = new LedgerHandles(client);
            List<OpenShard> shards = new ArrayList<>();
            for (ShardClaim.Claimed each : claim(client, mine.epoch())) {
                shards.add(open(each));
            }
            replay(shards, replays);
            return shards;
        } catch (Throwable e) {
            close();
            throw e;
        }
    }

    /** Ends the connections. */
    void close() {
        later.close();
        Ledgers client = ledgers;
        if (client != null) {
            client.close();
        }
        nodes.close();
    }

    private List<ShardClaim.Claimed> claim(Ledgers client, long epoch) throws IOException {
        ExecutorService threads = Executors.newFixedThreadPool(Math.min(CLAIMS_AT_ONCE, options.shards()));
        try {
            List<CompletableFuture<ShardClaim.Claimed>> claims = new ArrayList<>();
            for (int shard = 0; shard < options.shards(); shard++) {
                ShardClaim claim = new ShardClaim(this, storeNodes, client, shard, epoch);
                CompletableFuture<ShardClaim.Claimed> done = new CompletableFuture<>();
                claims.add(done);
                threads.execute(() -> {
                    try {
                        done.complete(claim.run());
                    } catch (Throwable e) {
                        done.completeExceptionally(e);
                    }
                });
            }
            List<ShardClaim.Claimed> claimed = new ArrayList<>();
            for (CompletableFuture<ShardClaim.Claimed> each : claims) {
                claimed.add(Futures.await(each, CLAIM_MILLIS_MAX, "the claim of a shard of " + options.root()));
            }
            claimed.sort(Comparator.comparingInt(ShardClaim.Claimed::shard));
            return claimed;
        } finally {
            threads.shutdownNow();
        }
    }

    private OpenShard open(ShardClaim.Claimed claimed) {
        int shard = claimed.shard();
        LedgerHandles open = Check.notNull(handles, "the client is connected");
        ShardNode node = new ShardNode(
                nodes,
                storeNodes.shard(shard),
                claimed.state(),
                claimed.version(),
                later,
                counters,
                cause -> writer.execute(() -> writer.fail(shard, cause)));
        open.writing(claimed.ledger());
        LogLedger last = Check.notNull(claimed.state().last(), "a claimed log has a ledger");
        ShardReader reader = new ShardReader(shard, node, open, last.from());
        ShardLink link =
                new ShardLink(shard, claimed.state().epoch(), node, reader, ledgers(), open, writer, later, counters);
        return new OpenShard(
                link, claimed, new LedgerSegmentStore(link, options.sizes().pieceBytes()));
    }

    /** Some shards at a time; returns when none of them is being replayed any more. */
    private void replay(List<OpenShard> shards, IntFunction<Replay> replays) throws IOException {
        ExecutorService threads = Executors.newFixedThreadPool(Math.min(REPLAYS_AT_ONCE, shards.size()));
        try {
            List<Callable<Void>> tasks = new ArrayList<>();
            for (OpenShard each : shards) {
                Replay receiver = replays.apply(each.link.shard());
                tasks.add(() -> {
                    replay(each, receiver);
                    return null;
                });
            }
            for (Future<Void> each : threads.invokeAll(tasks)) {
                each.get();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("the replay was interrupted", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException failure ? failure : new IOException(e.getCause());
        } finally {
            threads.shutdownNow();
        }
    }

    private void replay(OpenShard shard, Replay replay) throws IOException {
        StoredManifest manifest = shard.claimed.state().manifest();
        if (manifest != null) {
            byte[] inline = manifest.inline();
            replay.onManifest(inline != null ? inline : read(shard.link, manifest), shard.segments);
        }
        new LogReplay(shard.link, replay, damages::add).run();
    }

    private static byte[] read(ShardLink link, StoredManifest manifest) throws IOException {
        String name = "the manifest of shard " + link.shard() + " in ledger " + manifest.ledger();
        ReadHandle handle = Futures.await(link.handles().get(manifest.ledger()), MANIFEST_MILLIS_MAX, name);
        ByteBuf content = Unpooled.buffer(manifest.bytes());
        for (long entry = 0; entry <= handle.getLastAddConfirmed(); entry++) {
            try (var entries = Futures.await(handle.readAsync(entry, entry), MANIFEST_MILLIS_MAX, name)) {
                LedgerEntry one = entries.getEntry(entry);
                content.writeBytes(one.getEntryBuffer().duplicate());
            }
        }
        if (content.readableBytes() != manifest.bytes()) {
            throw new IOException(name + " has " + content.readableBytes() + " bytes, not " + manifest.bytes());
        }
        return content.array();
    }
}
