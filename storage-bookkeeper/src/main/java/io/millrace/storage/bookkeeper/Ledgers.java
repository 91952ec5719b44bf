package io.millrace.storage.bookkeeper;

import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.bookkeeper.client.api.BKException;
import org.apache.bookkeeper.client.api.BookKeeper;
import org.apache.bookkeeper.client.api.DigestType;
import org.apache.bookkeeper.client.api.LedgerMetadata;
import org.apache.bookkeeper.client.api.ListLedgersResult;
import org.apache.bookkeeper.client.api.ReadHandle;
import org.apache.bookkeeper.client.api.WriteHandle;
import org.apache.bookkeeper.conf.ClientConfiguration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The BookKeeper client as the store uses it. Any thread; what is returned is completed on the client's threads. */
final class Ledgers {
    private static final Logger LOG = LoggerFactory.getLogger(Ledgers.class);

    /** Access to a cluster is not by passwords of ledgers, which its metadata shows to everybody. */
    private static final byte[] PASSWORD = {};

    private static final int CLIENT_THREADS = 2;
    private static final int READ_SECONDS_MAX = 10;
    private static final int CONNECT_MILLIS_MAX = 3000;

    private final BookKeeper client;
    private final Replication replication;
    private final UUID store;
    private final BookKeeperCounters counters;
    private final Map<Long, CompletableFuture<Void>> deletes = new ConcurrentHashMap<>();
    private final AtomicBoolean toldDegraded = new AtomicBoolean();

    private Ledgers(BookKeeper client, Replication replication, UUID store, BookKeeperCounters counters) {
        this.client = client;
        this.replication = replication;
        this.store = store;
        this.counters = counters;
    }

    /** Connects; throws where there is no BookKeeper cluster. */
    static Ledgers connect(BookKeeperOptions options, UUID store, BookKeeperCounters counters) throws IOException {
        ClientConfiguration configuration = new ClientConfiguration();
        configuration.setMetadataServiceUri(
                "zk+hierarchical://" + options.zooKeeper().replace(',', ';') + options.ledgersRoot());
        configuration.setZkTimeout(options.sessionMillis());
        configuration.setNumWorkerThreads(CLIENT_THREADS);
        configuration.setNumIOThreads(CLIENT_THREADS);
        configuration.setUseV2WireProtocol(true);
        // The client's own limit would block the caller; ours are the entries in flight.
        configuration.setThrottleValue(0);
        // With as many bookies as the ensemble needs, the loss of one would else end every ledger.
        configuration.setDelayEnsembleChange(true);
        configuration.setAddEntryTimeout(options.addMillis() / 1000);
        configuration.setReadEntryTimeout(READ_SECONDS_MAX);
        configuration.setTimeoutMonitorIntervalSec(1);
        configuration.setClientConnectTimeoutMillis(CONNECT_MILLIS_MAX);
        try {
            BookKeeper client = BookKeeper.newBuilder(configuration)
                    .allocator(PooledByteBufAllocator.DEFAULT)
                    .build();
            return new Ledgers(client, options.replication(), store, counters);
        } catch (BKException e) {
            throw new IOException(
                    "no BookKeeper cluster at " + options.zooKeeper() + options.ledgersRoot() + ": " + e.getMessage(),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while connecting to BookKeeper", e);
        }
    }

    UUID store() {
        return store;
    }

    /** Makes a ledger; where there are too few bookies for all copies, one with as many as the ack quorum promises. */
    CompletableFuture<WriteHandle> create(int shard, long epoch, LedgerKind kind) {
        Map<String, byte[]> metadata = new LedgerTag(store, shard, epoch, kind).toMetadata();
        return create(replication, metadata).exceptionallyCompose(failure -> {
            if (code(failure) != BKException.Code.NotEnoughBookiesException
                    || replication.ensemble() == replication.ackQuorum()) {
                return CompletableFuture.failedFuture(failure);
            }
            counters.degradedLedgers.increment();
            if (!toldDegraded.getAndSet(true)) {
                LOG.warn("too few bookies for {}: ledgers are made with {}", replication, replication.least());
            }
            return create(replication.least(), metadata);
        });
    }

    private CompletableFuture<WriteHandle> create(Replication wanted, Map<String, byte[]> metadata) {
        counters.ledgers.increment();
        return client.newCreateLedgerOp()
                .withEnsembleSize(wanted.ensemble())
                .withWriteQuorumSize(wanted.writeQuorum())
                .withAckQuorumSize(wanted.ackQuorum())
                .withDigestType(DigestType.CRC32C)
                .withPassword(PASSWORD)
                .withCustomMetadata(metadata)
                .execute();
    }

    /** Opens a ledger to read it. With {@code recovery} its writer is fenced and its end agreed on, for ever. */
    CompletableFuture<ReadHandle> open(long ledger, boolean recovery) {
        return client.newOpenLedgerOp()
                .withLedgerId(ledger)
                .withRecovery(recovery)
                .withDigestType(DigestType.CRC32C)
                .withPassword(PASSWORD)
                .execute();
    }

    /** Deletes a ledger that no node names; fine where it is not there. A failure leaves it for the next sweep. */
    CompletableFuture<Void> delete(long ledger) {
        CompletableFuture<Void> deleted = client.newDeleteLedgerOp()
                .withLedgerId(ledger)
                .execute()
                .thenApply(nothing -> (Void) null)
                .exceptionally(failure -> {
                    if (!isGone(failure)) {
                        LOG.warn(
                                "ledger {} could not be deleted, the next start tries again: {}",
                                ledger,
                                Futures.cause(failure).toString());
                    }
                    return null;
                });
        deletes.put(ledger, deleted);
        return deleted.whenComplete((none, failure) -> deletes.remove(ledger));
    }

    /** Completes when what is being deleted now is. */
    CompletableFuture<Void> deletes() {
        return CompletableFuture.allOf(deletes.values().toArray(CompletableFuture<?>[]::new));
    }

    /** Every ledger of the cluster. */
    CompletableFuture<ListLedgersResult> list() {
        return client.newListLedgersOp().execute();
    }

    /** What is known of a ledger. */
    CompletableFuture<LedgerMetadata> metadata(long ledger) {
        return client.getLedgerMetadata(ledger);
    }

    void close() {
        try {
            client.close();
        } catch (BKException e) {
            LOG.warn("the BookKeeper client could not be closed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether {@code failure} says that there is no such ledger or entry. */
    static boolean isGone(Throwable failure) {
        int code = code(failure);
        return code == BKException.Code.NoSuchLedgerExistsOnMetadataServerException
                || code == BKException.Code.NoSuchLedgerExistsException
                || code == BKException.Code.NoSuchEntryException;
    }

    /** Whether {@code failure} says that no bookie has the entry undamaged. */
    static boolean isDamage(Throwable failure) {
        return code(failure) == BKException.Code.DigestMatchException;
    }

    /** What BookKeeper says in {@code failure} or in what has caused it. */
    static int code(Throwable failure) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            if (each instanceof BKException e) {
                return e.getCode();
            }
        }
        return BKException.Code.UnexpectedConditionException;
    }
}
