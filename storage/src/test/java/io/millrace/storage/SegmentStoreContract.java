package io.millrace.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.base.AgentHost;
import io.millrace.storage.SegmentContractOwner.ManifestReader;
import io.millrace.storage.SegmentContractOwner.Trim;
import io.millrace.testkit.LeakCheck;
import io.millrace.testkit.SeedSource;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/**
 * What every implementation of {@link SegmentStore} and of {@link ShardLog#checkpoint} promises; extended once per
 * implementation. Its extents hold about a MiB, and it wants the oldest back as soon as there is a newer one.
 */
@LeakCheck
public abstract class SegmentStoreContract {
    /** The number of shards to open. */
    protected static final int SHARDS = 2;

    private static final int RECORD_BYTES = 20_000;
    private static final long WAIT_SECONDS_MAX = 60;
    private static final long CLOSE_MILLIS_MAX = 60_000;
    private static final byte[] NOTHING = {};

    private final List<SegmentContractOwner> owners = new ArrayList<>();
    private final List<ShardLog> logs = new ArrayList<>();
    private ThreadLoop loop;
    private ShardStore storage;
    private ManifestReader manifestReader = (manifest, segments) -> {};

    /** Opens the storage of this test, which keeps what it had when it was closed. */
    protected abstract ShardStore open(IntFunction<Replay> replays) throws Exception;

    /** Whether it lets extents be adopted in which everything lives. */
    protected boolean adoptsExtents() {
        return true;
    }

    /** Whether it gives what is in segments as regions of files. */
    protected boolean givesRegions() {
        return false;
    }

    @BeforeEach
    void openFirst() throws Exception {
        loop = new ThreadLoop("contract-loop");
        openAgain();
    }

    @AfterEach
    void closeLast() throws Exception {
        storage.close(CLOSE_MILLIS_MAX);
        loop.close();
    }

    private void openAgain() throws Exception {
        owners.clear();
        logs.clear();
        for (int shard = 0; shard < SHARDS; shard++) {
            owners.add(new SegmentContractOwner(manifestReader));
        }
        storage = open(owners::get);
        for (int shard = 0; shard < SHARDS; shard++) {
            logs.add(storage.attach(shard, loop, owners.get(shard)));
            owners.get(shard).attach(logs.get(shard));
        }
        storage.start(AgentHost.THREADS);
    }

    private void reopen() throws Exception {
        storage.close(CLOSE_MILLIS_MAX);
        openAgain();
    }

    // Jobs.

    @Test
    void aJobIsDoneInStepsInTheBackgroundAndAnsweredOnTheLoop() throws Exception {
        ContractJob job = submit(0, store -> {}, store -> {}, store -> {});

        job.await();

        assertThat(job.events()).containsExactly("step 0", "step 1", "step 2", "done on the loop");
    }

    @Test
    void jobsTakeTurns() throws Exception {
        CountDownLatch other = new CountDownLatch(1);
        ContractJob.Piece[] patient = new ContractJob.Piece[1000];
        Arrays.fill(patient, (ContractJob.Piece) store -> {});
        patient[999] = store -> assertThat(other.getCount()).isZero();
        CompletableFuture<Void> begun = new CompletableFuture<>();
        patient[0] = store -> begun.join();
        ContractJob first = submit(0, patient);
        ContractJob second = submit(1, store -> other.countDown());
        begun.complete(null);

        first.await();
        second.await();
    }

    @Test
    void aJobThatFailsIsAbandonedAndToldWhy() throws Exception {
        IOException reason = new IOException("on purpose");
        ContractJob job = submit(0, store -> {}, store -> {
            throw reason;
        });

        assertThatThrownBy(job::await).isSameAs(reason);

        assertThat(job.events()).containsExactly("step 0", "step 1", "abandon", "failed on the loop");
        submit(0, store -> {}).await();
    }

    @Test
    void aJobThatIsNotDoneAtTheEndIsAbandoned() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        ContractJob job = ContractJob.endless(loop, store -> begun.countDown());
        loop.run(() -> logs.get(0).submit(job));
        assertThat(begun.await(WAIT_SECONDS_MAX, TimeUnit.SECONDS)).isTrue();

        reopen();

        assertThat(job.events()).last().isEqualTo("abandon");
    }

    // Segments.

    @ParameterizedTest
    @SeedSource(runs = 2)
    void aSealedSegmentIsReadBack(long seed) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        byte[] content = bytes(random.nextInt(3 << 20), seed);
        submit(0, store -> {
                    SegmentOutput output = store.create(7);
                    for (int at = 0; at < content.length; ) {
                        int piece = Math.min(content.length - at, random.nextInt(1 << random.nextInt(20)));
                        output.write(ByteBuffer.wrap(content, at, piece));
                        at += piece;
                        assertThat(output.size()).isEqualTo(at);
                    }
                    output.seal();
                    assertThat(store.size(7)).isEqualTo(content.length);
                    assertThat(read(store, 7, 0, content.length)).isEqualTo(content);
                })
                .await();

        int[] offsets = random.ints(20, 0, content.length + 1).toArray();
        assertThat(readOnLoop(0, 7, 0, content.length)).isEqualTo(content);
        for (int offset : offsets) {
            int length = random.nextInt(content.length - offset + 1);
            assertThat(readOnLoop(0, 7, offset, length))
                    .isEqualTo(Arrays.copyOfRange(content, offset, offset + length));
        }
    }

    @Test
    void aReadBeyondTheEndFails() throws Exception {
        write(0, 1, bytes(100, 1));

        assertThatThrownBy(() -> readOnLoop(0, 1, 90, 11)).hasCauseInstanceOf(IOException.class);
        assertThatThrownBy(() -> submit(0, store -> read(store, 1, 101, 1)).await())
                .isInstanceOf(IOException.class);
        assertThat(readOnLoop(0, 1, 90, 10)).isEqualTo(Arrays.copyOfRange(bytes(100, 1), 90, 100));
    }

    @Test
    void aSegmentThatIsNotThereCannotBeRead() throws Exception {
        assertThatThrownBy(() -> readOnLoop(0, 5, 0, 1)).hasCauseInstanceOf(IOException.class);
        assertThatThrownBy(() -> submit(0, store -> store.size(5)).await()).isInstanceOf(IOException.class);
    }

    @Test
    void anAbandonedSegmentLeavesNothing() throws Exception {
        submit(0, store -> {
                    SegmentOutput output = store.create(3);
                    output.write(ByteBuffer.wrap(bytes(1 << 20, 1)));
                    output.abandon();
                    assertThat(store.list()).isEmpty();
                })
                .await();
    }

    @Test
    void aSegmentIsDeletedAndASecondTimeToo() throws Exception {
        write(0, 1, bytes(100, 1));
        write(0, 2, bytes(100, 2));
        assertThat(readOnLoop(0, 1, 0, 100)).isEqualTo(bytes(100, 1));

        submit(0, store -> store.delete(1), store -> store.delete(1)).await();

        assertThatThrownBy(() -> readOnLoop(0, 1, 0, 100)).hasCauseInstanceOf(IOException.class);
        assertThat(list(0)).containsExactly(2L);
    }

    /** Storage that has no regions gives everything in memory. */
    @Test
    void aRegionIsThereUntilItIsReleasedAlsoWhereItsSegmentIsDeleted() throws Exception {
        byte[] content = bytes(100_000, 1);
        write(0, 1, content);
        List<Piece> pieces = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            pieces.add(readOnLoop(0, 1, 0, content.length, HeldRegions.anywhere(new SplittableRandom(i))));
        }
        assertThat(pieces.stream().anyMatch(each -> each.region != null)).isEqualTo(givesRegions());

        submit(0, store -> store.delete(1)).await();

        for (Piece each : pieces) {
            assertThat(each.all()).isEqualTo(content);
        }
        assertThatThrownBy(() -> readOnLoop(0, 1, 0, 100)).hasCauseInstanceOf(IOException.class);
    }

    @Test
    void shardsHaveSegmentsOfTheirOwn() throws Exception {
        write(0, 1, bytes(100, 1));
        write(1, 1, bytes(100, 2));
        write(1, 12_345_678_901L, bytes(100, 3));

        assertThat(list(0)).containsExactly(1L);
        assertThat(list(1)).containsExactlyInAnyOrder(1L, 12_345_678_901L);
        submit(0, store -> store.delete(1)).await();
        assertThat(readOnLoop(1, 1, 0, 100)).isEqualTo(bytes(100, 2));
        assertThat(readOnLoop(1, 12_345_678_901L, 0, 100)).isEqualTo(bytes(100, 3));
    }

    @Test
    void aSegmentIsBegunAnewOverOneThatWasNotSealed() throws Exception {
        SegmentOutput[] left = new SegmentOutput[1];
        submit(0, store -> {
                    left[0] = store.create(1);
                    left[0].write(ByteBuffer.wrap(bytes(2 << 20, 1)));
                })
                .await();
        List<List<Long>> found = new ArrayList<>();
        manifestReader = (manifest, segments) -> found.add(segments.list());
        checkpoint(0, 0, List.of(), NOTHING);
        reopen();
        assertThat(found).hasSize(1);
        assertThat(found.get(0)).isSubsetOf(1L);

        write(0, 1, bytes(100, 2));

        assertThat(readOnLoop(0, 1, 0, 100)).isEqualTo(bytes(100, 2));
        submit(0, store -> assertThat(store.size(1)).isEqualTo(100)).await();
        freeMemoryOf(left[0]);
    }

    /** Memory is all that the process which has died would still hold; its file has been replaced. */
    private static void freeMemoryOf(SegmentOutput output) {
        try {
            output.seal();
        } catch (IOException e) {
            // It was closed with its storage, or what it wrote is not wanted.
        }
    }

    @Test
    void segmentsHaveNumbersFromOneOn() throws Exception {
        submit(0, store -> {
                    assertThatIllegalArgumentException().isThrownBy(() -> store.create(0));
                    assertThatIllegalArgumentException().isThrownBy(() -> store.create(-1));
                })
                .await();
    }

    @Test
    void sealedSegmentsAreThereAfterARestartNamedOrNot() throws Exception {
        write(0, 1, bytes(100, 1));
        write(0, 2, bytes(200_000, 2));
        List<Long> found = new ArrayList<>();
        manifestReader = (manifest, segments) -> {
            found.addAll(segments.list());
            assertThat(read(segments, 2, 100, 1000)).isEqualTo(Arrays.copyOfRange(bytes(200_000, 2), 100, 1100));
            segments.delete(1);
        };
        checkpoint(0, 0, List.of(), new byte[] {2});

        reopen();

        assertThat(found).containsExactlyInAnyOrder(1L, 2L);
        assertThat(list(0)).containsExactly(2L);
        assertThat(readOnLoop(0, 2, 0, 200_000)).isEqualTo(bytes(200_000, 2));
    }

    // Checkpoints.

    @Test
    void withoutACheckpointThereIsNoManifest() throws Exception {
        append(0, bytes(100, 1));
        reopen();
        assertThat(owners.get(0).manifests).isEmpty();
        assertThat(owners.get(0).records).containsExactly(bytes(100, 1));
    }

    @Test
    void aCheckpointOutlivesARestartAndReplayBeginsExactlyThere() throws Exception {
        List<Long> positions = appendMany(0, 30);
        byte[] manifest = bytes(3 << 20, 5);
        checkpoint(0, positions.get(20), List.of(), manifest);

        for (int life = 0; life < 3; life++) {
            reopen();

            assertThat(owners.get(0).manifests).containsExactly(manifest);
            assertThat(owners.get(0).positions).isEqualTo(positions.subList(20, 30));
            assertThat(owners.get(0).records.get(0)).isEqualTo(bytes(RECORD_BYTES, 20));
            assertThat(owners.get(1).manifests).isEmpty();
        }
    }

    @Test
    void aLaterCheckpointReplacesTheOneBefore() throws Exception {
        List<Long> positions = appendMany(0, 10);
        for (int i = 0; i < 10; i++) {
            checkpoint(0, positions.get(i), List.of(), bytes(i, i));
        }
        reopen();
        assertThat(owners.get(0).manifests).containsExactly(bytes(9, 9));
        assertThat(owners.get(0).positions).containsExactly(positions.get(9));
    }

    @Test
    void aManifestMayGrowAndShrink() throws Exception {
        for (int bytes : new int[] {0, 100, 3 << 20, 1 << 20, 1}) {
            checkpoint(0, 0, List.of(), bytes(bytes, bytes));
            reopen();
            assertThat(owners.get(0).manifests).containsExactly(bytes(bytes, bytes));
        }
    }

    @Test
    void checkpointsOfAllShardsAreStoredAtOnce() throws Exception {
        List<ContractCheckpoint> stated = new ArrayList<>();
        loop.run(() -> {
            for (int shard = 0; shard < SHARDS; shard++) {
                stated.add(new ContractCheckpoint(0, List.of(), bytes(100, shard)));
                logs.get(shard).checkpoint(stated.get(shard));
            }
        });
        for (ContractCheckpoint each : stated) {
            each.await();
        }
        reopen();
        for (int shard = 0; shard < SHARDS; shard++) {
            assertThat(owners.get(shard).manifests).containsExactly(bytes(100, shard));
        }
    }

    @Test
    void oneCheckpointWaitsForTheAnswerToTheOther() throws Exception {
        loop.run(() -> {
            ContractCheckpoint first = new ContractCheckpoint(0, List.of(), NOTHING);
            logs.get(0).checkpoint(first);
            assertThatThrownBy(() -> logs.get(0).checkpoint(new ContractCheckpoint(0, List.of(), NOTHING)))
                    .isInstanceOf(IllegalStateException.class);
        });
    }

    @Test
    void replayNeverBeginsEarlierThanBefore() throws Exception {
        List<Long> positions = appendMany(0, 3);
        checkpoint(0, positions.get(2), List.of(), NOTHING);
        refused(positions.get(1), List.of());
        reopen();
        refused(positions.get(1), List.of());
        checkpoint(0, positions.get(2), List.of(), NOTHING);
    }

    @Test
    void extentsAreInOrderAndBeforeTheReplay() throws Exception {
        List<Long> positions = appendMany(0, 6);
        Extent first = new Extent(positions.get(0), positions.get(2), 1);
        Extent second = new Extent(positions.get(2), positions.get(4), 1);
        refused(positions.get(3), List.of(first, second));
        refused(positions.get(4), List.of(second, first));
        refused(positions.get(4), List.of(first, first));
        refused(positions.get(4), List.of(new Extent(positions.get(1), positions.get(1), 0)));
    }

    private void refused(long replayFrom, List<Extent> adopted) throws Exception {
        loop.run(() -> assertThatThrownBy(
                        () -> logs.get(0).checkpoint(new ContractCheckpoint(replayFrom, adopted, NOTHING)))
                .isInstanceOf(IllegalStateException.class));
    }

    // The log, read by jobs and from adopted extents.

    @Test
    void jobsReadTheLog() throws Exception {
        List<Long> positions = appendMany(0, 100);
        byte[] large = bytes(3 << 20, 1);
        long last = append(0, large);

        submit(0, store -> {
                    for (int i = 0; i < 100; i++) {
                        assertThat(readLog(store, positions.get(i), RECORD_BYTES))
                                .isEqualTo(bytes(RECORD_BYTES, i));
                    }
                    assertThat(readLog(store, last, large.length)).isEqualTo(large);
                })
                .await();
    }

    /** From the start of a record or from within, over one of them or many, in and between what storage keeps apart. */
    @ParameterizedTest
    @SeedSource(runs = 2)
    void jobsReadManyRecordsOfTheLogAtOnce(long seed) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        List<Long> positions = new ArrayList<>();
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        for (int i = 0; i < 150; i++) {
            byte[] record = bytes(i % 50 == 49 ? 2 << 20 : random.nextInt(1 << random.nextInt(16)), i);
            positions.add(append(0, record));
            stream.writeBytes(ByteBuffer.allocate(ShardLog.LENGTH_BYTES)
                    .putInt(record.length)
                    .array());
            stream.writeBytes(record);
        }
        byte[] all = stream.toByteArray();
        long origin = positions.get(0);

        submit(0, store -> {
                    for (int i = 0; i < 50; i++) {
                        long position = positions.get(random.nextInt(positions.size()));
                        int from = (int) (position - origin) + ShardLog.LENGTH_BYTES;
                        int behind = random.nextInt(1 + Math.min(100, all.length - from));
                        int length = random.nextInt(1 + Math.min(all.length - from - behind, 1 << random.nextInt(23)));
                        assertThat(readLog(store, position + behind, length))
                                .as("%d bytes from %d on", length, position + behind)
                                .isEqualTo(Arrays.copyOfRange(all, from + behind, from + behind + length));
                    }
                    byte[] whole = readLog(store, origin, all.length - ShardLog.LENGTH_BYTES);
                    assertThat(whole).isEqualTo(Arrays.copyOfRange(all, ShardLog.LENGTH_BYTES, all.length));
                })
                .await();
    }

    @Test
    void whatIsNotInTheLogIsSaidToBeLost() throws Exception {
        append(0, bytes(100, 1));
        assertThatThrownBy(
                        () -> submit(0, store -> readLog(store, 1L << 50, 10)).await())
                .isInstanceOf(IOException.class)
                .hasCauseInstanceOf(CorruptEntryException.class);
    }

    @Test
    void whatIsMostlyDeadIsToBeWrittenElsewhere() throws Exception {
        owners.forEach(owner -> owner.answersAlive(false));
        awaitFirstTrim();
        Trim trim = owners.get(0).firstTrim();
        assertThat(trim.adopt()).isFalse();

        checkpoint(0, trim.position(), List.of(), NOTHING);
        reopen();

        assertThat(owners.get(0).positions).first().isEqualTo(trim.position());
    }

    @Test
    void anAdoptedExtentInWhichLittleLivesIsToBeVacated() throws Exception {
        long from = awaitFirstTrim().get(0);
        Trim trim = owners.get(0).firstTrim();
        if (!trim.adopt()) {
            return;
        }
        checkpoint(0, trim.position(), List.of(new Extent(from, trim.position(), trim.position() - from)), NOTHING);
        assertThat(owners.get(0).vacated()).isEmpty();

        checkpoint(0, trim.position(), List.of(new Extent(from, trim.position(), 10)), NOTHING);

        owners.get(0).awaitVacated();
        assertThat(owners.get(0).vacated().get(0).from()).isEqualTo(from);
        assertThat(owners.get(0).vacated().get(0).to()).isEqualTo(trim.position());
    }

    /** Appends until the oldest part is wanted back; returns the positions of all there is. */
    private List<Long> awaitFirstTrim() throws Exception {
        List<Long> positions = new ArrayList<>();
        while (owners.get(0).firstTrim() == null) {
            positions.add(append(0, bytes(RECORD_BYTES, positions.size())));
            assertThat(positions.size())
                    .as("records before the first is wanted back")
                    .isLessThan(10_000);
        }
        return positions;
    }

    /** Storage that never lets extents be adopted has nothing to show here. */
    @Test
    void anAdoptedExtentStaysReadableWhenTheLogHasLeftItBehind() throws Exception {
        List<Long> positions = awaitFirstTrim();
        Trim trim = owners.get(0).firstTrim();
        List<Long> old =
                positions.stream().filter(each -> each < trim.position()).toList();
        assertThat(trim.adopt()).as("everything in it lives").isEqualTo(adoptsExtents());
        if (!trim.adopt()) {
            return;
        }
        Extent extent = new Extent(old.get(0), trim.position(), trim.position() - old.get(0));
        checkpoint(0, trim.position(), List.of(extent), new byte[] {1});
        appendMany(0, 200);

        assertReadable(old);
        // Nothing but the extent is needed any more: all else of the log may go.
        long end = loop.call(() -> logs.get(0).syncedPosition());
        checkpoint(0, end, List.of(extent), new byte[] {2});
        appendMany(1, 200);
        checkpoint(1, loop.call(() -> logs.get(1).syncedPosition()), List.of(), NOTHING);
        assertReadable(old);
        List<byte[]> readAtStart = new ArrayList<>();
        manifestReader = (manifest, segments) -> {
            for (long each : manifest.length == 0 ? List.<Long>of() : old) {
                readAtStart.add(readLog(segments, each, RECORD_BYTES));
            }
        };
        for (int life = 0; life < 2; life++) {
            readAtStart.clear();
            reopen();
            assertThat(owners.get(0).manifests).containsExactly(new byte[] {2});
            assertThat(owners.get(0).positions).isEmpty();
            assertThat(readAtStart).hasSize(old.size());
            for (int i = 0; i < old.size(); i++) {
                assertThat(readAtStart.get(i)).isEqualTo(bytes(RECORD_BYTES, i));
            }
            assertReadable(old);
        }

        checkpoint(0, end, List.of(), NOTHING);
        manifestReader = (manifest, segments) -> assertThatThrownBy(() -> readLog(segments, old.get(0), RECORD_BYTES))
                .isInstanceOf(IOException.class);
        reopen();
        assertThatThrownBy(() -> readOnLoop(0, ReadBatch.LOG, old.get(0), RECORD_BYTES))
                .hasCauseInstanceOf(CorruptEntryException.class);
    }

    private void assertReadable(List<Long> old) throws Exception {
        for (int i = 0; i < old.size(); i++) {
            assertThat(readOnLoop(0, ReadBatch.LOG, old.get(i), RECORD_BYTES)).isEqualTo(bytes(RECORD_BYTES, i));
        }
        submit(0, store -> assertThat(readLog(store, old.get(old.size() - 1), RECORD_BYTES))
                        .isEqualTo(bytes(RECORD_BYTES, old.size() - 1)))
                .await();
    }

    private ContractJob submit(int shard, ContractJob.Piece... pieces) throws Exception {
        ContractJob job = new ContractJob(loop, pieces);
        loop.run(() -> logs.get(shard).submit(job));
        return job;
    }

    private void write(int shard, long segment, byte[] content) throws Exception {
        submit(shard, store -> {
                    SegmentOutput output = store.create(segment);
                    output.write(ByteBuffer.wrap(content));
                    output.seal();
                })
                .await();
    }

    private List<Long> list(int shard) throws Exception {
        List<Long> found = new ArrayList<>();
        submit(shard, store -> found.addAll(store.list())).await();
        return found;
    }

    private void checkpoint(int shard, long replayFrom, List<Extent> adopted, byte[] manifest) throws Exception {
        ContractCheckpoint checkpoint = new ContractCheckpoint(replayFrom, adopted, manifest);
        loop.run(() -> {
            owners.get(shard).replaysFrom(replayFrom);
            logs.get(shard).checkpoint(checkpoint);
        });
        checkpoint.await();
    }

    private List<Long> appendMany(int shard, int count) throws Exception {
        List<Long> positions = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            positions.add(append(shard, bytes(RECORD_BYTES, i)));
        }
        return positions;
    }

    /** Appends, and waits until it is synced. */
    private long append(int shard, byte[] record) throws Exception {
        long position = loop.call(() -> {
            ShardLog log = logs.get(shard);
            log.reserve(record.length).writeBytes(record);
            long at = log.commit();
            log.flush();
            return at;
        });
        owners.get(shard).awaitSynced(position);
        return position;
    }

    private static byte[] read(SegmentStore store, long segment, long offset, int bytes) throws IOException {
        ByteBuffer target = ByteBuffer.allocateDirect(bytes);
        store.read(segment, offset, target);
        return content(target);
    }

    private static byte[] readLog(SegmentStore store, long position, int bytes) throws IOException {
        ByteBuffer target = ByteBuffer.allocateDirect(bytes);
        store.readLog(position, target);
        return content(target);
    }

    private static byte[] content(ByteBuffer target) {
        assertThat(target.hasRemaining()).isFalse();
        byte[] content = new byte[target.flip().remaining()];
        target.get(content);
        return content;
    }

    /** Reads it in memory, and once more as a region where the storage has them. */
    private byte[] readOnLoop(int shard, long segment, long address, int bytes) throws Exception {
        Piece whole = readOnLoop(shard, segment, address, bytes, null);
        assertThat(whole.region).isNull();
        Piece split = readOnLoop(shard, segment, address, bytes, HeldRegions.anywhere(new SplittableRandom(address)));
        assertThat(split.all()).isEqualTo(whole.head);
        return whole.head;
    }

    private Piece readOnLoop(int shard, long segment, long address, int bytes, RegionChoice regions) throws Exception {
        CompletableFuture<Piece> read = new CompletableFuture<>();
        ReadBatch batch = new ReadBatch(regions) {
            @Override
            public void onComplete() {
                ByteBuf piece = take(0);
                if (piece == null) {
                    read.completeExceptionally(failure(0));
                } else {
                    read.complete(new Piece(ByteBufUtil.getBytes(piece), takeRegion(0)));
                    piece.release();
                }
            }
        };
        batch.add(segment, address, bytes);
        loop.run(() -> logs.get(shard).read(batch));
        return read.get(WAIT_SECONDS_MAX, TimeUnit.SECONDS);
    }

    /** What was read: all of it in memory, or the front of it and a region. */
    private record Piece(byte[] head, StoredRegion region) {
        byte[] all() throws IOException {
            if (region == null) {
                return head;
            }
            byte[] all = Arrays.copyOf(head, head.length + region.bytes());
            System.arraycopy(HeldRegions.bytesOf(region), 0, all, head.length, region.bytes());
            region.release();
            return all;
        }
    }

    private static byte[] bytes(int length, long seed) {
        byte[] bytes = new byte[length];
        new SplittableRandom(seed).nextBytes(bytes);
        return bytes;
    }
}
