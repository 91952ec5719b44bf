package io.millrace.storage.local;

import io.millrace.base.Agent;
import io.millrace.base.AgentHost;
import io.millrace.base.Check;
import io.millrace.base.Clock;
import io.millrace.base.Loop;
import io.millrace.base.file.FileSystem;
import io.millrace.storage.Checkpoint;
import io.millrace.storage.Damage;
import io.millrace.storage.ReadBatch;
import io.millrace.storage.Replay;
import io.millrace.storage.SegmentJob;
import io.millrace.storage.ShardLog;
import io.millrace.storage.ShardLogListener;
import io.millrace.storage.ShardStore;
import io.millrace.storage.StoreBackups;
import io.millrace.storage.StoreFigures;
import io.millrace.storage.StoreSpace;
import io.millrace.storage.tail.GuardedAgent;
import io.millrace.storage.tail.LoopNotice;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntFunction;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The shard logs of one directory, which is used by one store at a time; who opens it holds a lock that says so. */
public final class LocalStore implements ShardStore {
    private static final Logger LOG = LoggerFactory.getLogger(LocalStore.class);

    /** Bytes that were flushed and that their logs do not know to be synced. */
    final AtomicLong unsyncedBytes = new AtomicLong();

    private final LocalStoreOptions options;
    private final StoreIdentity identity;
    private final LiveFiles files;
    private final RecoveryReport report;
    private final long[] positions;
    private final AdoptedFiles adopted;
    private final SegmentFiles segmentFiles;
    private final List<ManifestFile> manifests;
    private final LocalShardLog[] logs;
    private final LoopNotice[] notices;
    private final JournalWriter writer;
    private final JournalSyncer syncer;
    private final SpaceGuard space;
    private final FileKeeper keeper;
    private final JournalReader reader;
    private final RegionReader regions;
    private final FileAdvice advice;
    private final SegmentAgent segments;
    private final JournalTrimmer trimmer;
    private final BackupAgent backups;
    private final Clock clock;
    private final List<LocalSegmentStore> segmentStores;
    private volatile @Nullable Scrubber scrubber;
    private final StoreCounters counters = new StoreCounters();
    private final AtomicReference<@Nullable IOException> failure = new AtomicReference<>();
    private final CountDownLatch drained = new CountDownLatch(1);
    private final List<AgentHost.Handle> handles = new ArrayList<>();
    private volatile AgentHost.@Nullable Handle writerHandle;
    private volatile AgentHost.@Nullable Handle syncerHandle;
    private volatile AgentHost.@Nullable Handle keeperHandle;
    private volatile AgentHost.@Nullable Handle readerHandle;
    private volatile AgentHost.@Nullable Handle adviceHandle;
    private volatile AgentHost.@Nullable Handle segmentHandle;
    private volatile AgentHost.@Nullable Handle backupHandle;
    private volatile long syncedSequence;
    private volatile boolean behind;
    private volatile boolean closed;

    private LocalStore(StoreOpening opening, JournalRecovery recovery) {
        this.options = opening.options;
        this.identity = opening.identity;
        this.files = new LiveFiles(opening.live());
        this.report = recovery.report();
        this.positions = recovery.positions();
        this.logs = new LocalShardLog[options.shards()];
        this.notices = new LoopNotice[options.shards()];
        RecoveredTail tail = opening.tail;
        this.writer = new JournalWriter(this, files, tail.offset(), tail.nextSequence(), opening.clock);
        this.syncer = new JournalSyncer(this, opening.clock);
        this.adopted = opening.adopted();
        this.manifests = opening.manifests();
        this.space = new SpaceGuard(options, opening.fileSystem, opening.directory, opening.clock, this::wakeKeeper);
        this.keeper = new FileKeeper(
                this, space, opening.fileSystem, opening.directory, files.newest().number + 1, adopted.files());
        this.segmentFiles = opening.segmentFiles;
        segmentFiles.whenNamesAreInDoubt(this::fail);
        LogRecords records = new LogRecords(files, adopted, this::journalFileIsFree);
        this.advice = new FileAdvice(() -> raise(this.adviceHandle));
        ReadAhead ahead = new ReadAhead(advice, opening.clock);
        this.regions = new RegionReader(records, segmentFiles, ahead, allocator(), this::wakeReader);
        this.reader = new JournalReader(this, records, segmentFiles, regions, ahead);
        this.clock = opening.clock;
        this.segmentStores = IntStream.range(0, logs.length)
                .mapToObj(shard -> new LocalSegmentStore(shard, segmentFiles, records))
                .toList();
        this.segments = new SegmentAgent(this, opening.fileSystem, opening.directory, files, adopted, segmentStores);
        this.trimmer = new JournalTrimmer(this, files, adopted);
        this.backups = new BackupAgent(this, opening.fileSystem, opening.directory, segmentFiles, clock);
        this.syncedSequence = tail.nextSequence() - 1;
    }

    /**
     * Opens the store in {@code directory}, made if it is not there, and replays it: {@code replays} gives the receiver
     * for each shard. Returns when everything replayed is on stable storage.
     */
    public static LocalStore open(
            Path directory,
            FileSystem fileSystem,
            Clock clock,
            RandomGenerator random,
            LocalStoreOptions options,
            IntFunction<Replay> replays)
            throws IOException {
        StoreOpening opening = StoreOpening.of(directory, fileSystem, clock, options, random);
        JournalRecovery recovery = opening.run(replays);
        recovery.report().damages().forEach(each -> LOG.error("damaged: {}; what it held is not served", each));
        return new LocalStore(opening, recovery);
    }

    /** What recovery found. */
    public RecoveryReport report() {
        return report;
    }

    /** Has segments and adopted files looked at from time to time, from {@link #start} on. */
    public void scrub(ScrubOptions scrubOptions) {
        Check.that(handles.isEmpty(), "before the start");
        if (scrubOptions.isOn()) {
            scrubber = new Scrubber(this, clock, scrubOptions, segmentFiles, adopted, segmentStores);
        }
    }

    @Override
    public List<Damage> damages() {
        Scrubber looking = scrubber;
        List<Damage> all = new ArrayList<>(report.damages());
        if (looking != null) {
            all.addAll(looking.damages());
        }
        return all;
    }

    /** How often {@link #scrub} has looked at everything. Any thread. */
    public long scrubRounds() {
        Scrubber looking = scrubber;
        return looking == null ? 0 : looking.rounds();
    }

    /** Bytes that {@link #scrub} has read. Any thread. */
    public long scrubbedBytes() {
        Scrubber looking = scrubber;
        return looking == null ? 0 : looking.readBytes();
    }

    /** What the journal has done. */
    public StoreCounters counters() {
        return counters;
    }

    @Override
    public @Nullable IOException failure() {
        return failure.get();
    }

    @Override
    public StoreFigures figures() {
        return new StoreFigures(
                counters.groups(),
                counters.writtenBytes(),
                counters.syncs(),
                counters.syncNanos(),
                journalBytes(),
                List.of(new StoreFigures.Count(
                        "local_scrubbed_bytes",
                        "Bytes of segments and adopted files that were read to check them.",
                        scrubbedBytes())));
    }

    /** Whether there is space for new messages. Any thread. */
    public boolean hasSpace() {
        return space.hasRoom();
    }

    @Override
    public StoreBackups backups() {
        return backups;
    }

    @Override
    public StoreSpace space() {
        return space.report();
    }

    /** Whether new messages wait until the journal's oldest file has left. Any thread. */
    boolean isBehind() {
        return behind;
    }

    /** Bytes of journal files that are in use. Any thread. */
    public long journalBytes() {
        long bytes = 0;
        for (JournalFile each : files.list()) {
            bytes += each.capacityBytes;
        }
        return bytes;
    }

    @Override
    public ShardLog attach(int shard, Loop loop, ShardLogListener listener) {
        Check.that(logs[shard] == null && handles.isEmpty(), "a shard is attached once, before the start");
        LocalShardLog log = new LocalShardLog(
                shard, this, positions[shard], manifests.get(shard).checkpointed(), loop, listener);
        logs[shard] = log;
        return log;
    }

    @Override
    public void start(AgentHost host) {
        Map<Loop, List<LocalShardLog>> byLoop = new LinkedHashMap<>();
        for (LocalShardLog log : logs) {
            Check.that(log != null, "every shard is attached");
            byLoop.computeIfAbsent(log.loop(), loop -> new ArrayList<>()).add(log);
        }
        byLoop.forEach((loop, logsOfLoop) -> {
            LoopNotice notice = new LoopNotice(
                    loop, logsOfLoop.stream().<Runnable>map(log -> log::tell).toList());
            logsOfLoop.forEach(log -> notices[log.shard()] = notice);
        });
        syncerHandle = start(host, "millrace-journal-syncer", syncer);
        keeperHandle = start(host, "millrace-journal-files", keeper);
        adviceHandle = start(host, "millrace-read-ahead", advice);
        readerHandle = start(host, "millrace-journal-reader", reader);
        segmentHandle = start(host, "millrace-segments", segments);
        writerHandle = start(host, "millrace-journal-writer", writer);
        backupHandle = start(host, "millrace-backup", backups);
        Scrubber looking = scrubber;
        if (looking != null) {
            start(host, "millrace-scrubber", looking);
        }
        keeperHandle.raise();
    }

    private AgentHost.Handle start(AgentHost host, String name, Agent agent) {
        AgentHost.Handle handle = host.start(name, new GuardedAgent(agent, this::fail));
        handles.add(handle);
        return handle;
    }

    @Override
    public void beginClose() {
        writer.closing = true;
        raise(writerHandle);
    }

    @Override
    public boolean isDrained() {
        return drained.getCount() == 0;
    }

    @Override
    public void close(long waitMillis) throws IOException {
        beginClose();
        try {
            if (writerHandle != null && !drained.await(waitMillis, TimeUnit.MILLISECONDS)) {
                LOG.warn("closing although the journal could not sync everything; nobody was told that it did");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        segments.beginClose();
        backups.beginClose();
        handles.forEach(AgentHost.Handle::close);
        for (LocalShardLog log : logs) {
            if (log != null) {
                log.close();
            }
        }
        closed = true;
        segmentFiles.close();
        segments.close();
        for (JournalFile each : files.list()) {
            each.file.close();
        }
        for (JournalFile each : adopted.files()) {
            each.retireAndClose();
        }
        keeper.close();
        regions.close();
    }

    // What follows connects logs and agents.

    LocalStoreOptions options() {
        return options;
    }

    StoreIdentity identity() {
        return identity;
    }

    ByteBufAllocator allocator() {
        return PooledByteBufAllocator.DEFAULT;
    }

    LocalShardLog log(int shard) {
        return logs[shard];
    }

    void submit(LocalShardLog log) {
        writer.submit(log);
        raise(writerHandle);
    }

    void read(LocalShardLog log, ReadBatch batch) {
        reader.submit(log, batch);
        raise(readerHandle);
    }

    void submit(LocalShardLog log, SegmentJob job) {
        segments.submit(log, job);
        raise(segmentHandle);
    }

    void submit(LocalShardLog log, Checkpoint checkpoint) {
        segments.submit(log, checkpoint);
        raise(segmentHandle);
    }

    /** Has {@code hold} take the files as they are now: manifests first, then the journal. Any thread. */
    void hold(BackupHold hold) {
        segments.submit(hold);
        raise(segmentHandle);
    }

    void holdJournal(BackupHold hold) {
        writer.submit(hold);
        raise(writerHandle);
    }

    /** The writer's: nobody else takes files off the journal. */
    void takeJournal(BackupHold hold) {
        hold.takeJournal(files, adopted);
        raise(segmentHandle);
        wakeBackup();
    }

    BackupAgent backupAgent() {
        return backups;
    }

    void wakeBackup() {
        raise(backupHandle);
    }

    void trimRequested() {
        writer.trimRequested = true;
        raise(writerHandle);
    }

    JournalTrimmer trimmer() {
        return trimmer;
    }

    boolean hasPrepared() {
        return keeper.hasPrepared();
    }

    void handToSyncer(WrittenGroup group) {
        syncer.submit(group);
        raise(syncerHandle);
    }

    @Nullable
    PreparedFile takePrepared() {
        PreparedFile prepared = keeper.take();
        if (prepared != null) {
            raise(keeperHandle);
        }
        return prepared;
    }

    void retire(JournalFile file) {
        file.retire();
        adopted.forget(file);
        keeper.retire(file);
        raise(keeperHandle);
    }

    void setAside(JournalFile file) {
        keeper.setAside(file);
        raise(keeperHandle);
    }

    void wakeKeeper() {
        raise(keeperHandle);
    }

    private void wakeReader() {
        raise(readerHandle);
    }

    private void journalFileIsFree(JournalFile file) throws IOException {
        if (closed) {
            file.file.close(); // bytes of it were still being sent when the store was closed
        } else {
            wakeKeeper();
        }
    }

    void wakeWriter() {
        raise(writerHandle);
    }

    long syncedSequence() {
        return syncedSequence;
    }

    void publishSynced(long sequence) {
        syncedSequence = sequence;
        if (sequence >= writer.closingSequence) {
            drained.countDown();
        }
        raise(writerHandle);
    }

    /** The writer's: whether the journal has too many files. */
    void publishBehind(boolean now) {
        if (behind != now) {
            behind = now;
            space.journalBehind(now);
            postAll();
        }
    }

    SpaceGuard spaceGuard() {
        return space;
    }

    void post(LocalShardLog log) {
        notices[log.shard()].post();
    }

    void postAll() {
        for (LoopNotice each : notices) {
            each.post();
        }
    }

    /** Ends the journal: from here on nothing is reported as synced. */
    void fail(IOException cause) {
        if (failure.compareAndSet(null, cause)) {
            LOG.error("the journal has failed, nothing is confirmed any more until a restart", cause);
            drained.countDown();
            postAll();
            wakeBackup();
        }
    }

    private static void raise(AgentHost.@Nullable Handle handle) {
        if (handle != null) {
            handle.raise();
        }
    }
}
