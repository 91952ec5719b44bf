package io.millrace.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * What every implementation promises of checkpoints, of segments, and of old parts of the log; extended once per each.
 */
public abstract class CheckpointContract extends StorageContract {
    private static final long ANSWER_SECONDS_MAX = 60;
    private static final int RECORD_BYTES = 20_000;

    private ContractOwner.StoreReader atManifest = store -> {};

    @Override
    protected ContractOwner newOwner(int shard) {
        ContractOwner owner = new ContractOwner();
        if (shard == 0) {
            owner.atManifest(store -> atManifest.accept(store));
        }
        return owner;
    }

    @Test
    void aShardThatNeverMadeACheckpointHasNoManifest() throws Exception {
        owners.get(0).awaitSynced(append(0, bytes(10, 1)));
        reopen();

        assertThat(owners.get(0).manifest()).isNull();
        assertThat(owners.get(0).records).hasSize(1);
    }

    @Test
    void theNewestManifestIsGivenAndTheReplayBeginsWhereItSays() throws Exception {
        List<Long> positions = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            positions.add(append(0, bytes(100, i)));
        }
        owners.get(0).awaitSynced(positions.get(9));
        checkpoint(0, positions.get(3), List.of(), bytes(50, 1));
        checkpoint(0, positions.get(7), List.of(), bytes(60, 2));
        checkpoint(1, 0, List.of(), new byte[0]);
        reopen();

        assertThat(owners.get(0).manifest()).isEqualTo(bytes(60, 2));
        assertThat(owners.get(0).records).containsExactly(bytes(100, 7), bytes(100, 8), bytes(100, 9));
        assertThat(owners.get(0).positions).isEqualTo(positions.subList(7, 10));
        assertThat(owners.get(1).manifest()).isEmpty();
        assertThat(owners.get(2).manifest()).isNull();
    }

    @Test
    void aLargeManifestIsKeptWhole() throws Exception {
        checkpoint(0, 0, List.of(), bytes(100, 1));
        checkpoint(0, 0, List.of(), bytes(3 << 20, 2));
        reopen();
        assertThat(owners.get(0).manifest()).isEqualTo(bytes(3 << 20, 2));

        checkpoint(0, 0, List.of(), bytes(1 << 20, 3));
        reopen();
        assertThat(owners.get(0).manifest()).isEqualTo(bytes(1 << 20, 3));
    }

    @Test
    void replayNeverBeginsEarlierThanBefore() throws Exception {
        long position = append(0, bytes(100, 1));
        owners.get(0).awaitSynced(position);
        long end = loop.call(() -> logs.get(0).syncedPosition());
        checkpoint(0, end, List.of(), new byte[0]);

        assertThatThrownBy(() -> checkpoint(0, position, List.of(), new byte[0]))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aSealedSegmentIsReadByLoopsByJobsAndAfterARestart() throws Exception {
        byte[] content = bytes(200_001, 1);
        write(0, 7, content);

        assertThat(readSegment(0, 7, 0, content.length)).isEqualTo(content);
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 50; i++) {
            int from = random.nextInt(content.length);
            int length = random.nextInt(content.length - from + 1);
            assertThat(readSegment(0, 7, from, length)).isEqualTo(part(content, from, length));
        }
        job(0, store -> {
            assertThat(store.list()).containsExactly(7L);
            assertThat(store.size(7)).isEqualTo(content.length);
            ByteBuffer target = ByteBuffer.allocate(1000);
            store.read(7, 123, target);
            assertThat(target.array()).isEqualTo(part(content, 123, 1000));
            assertThatIOException().isThrownBy(() -> store.read(7, content.length - 10, ByteBuffer.allocate(11)));
            assertThatIOException().isThrownBy(() -> store.size(8));
        });
        checkpoint(0, 0, List.of(), bytes(1, 1));
        atManifest = store -> assertThat(store.size(7)).isEqualTo(content.length);
        reopen();
        assertThat(owners.get(0).segments()).containsExactly(7L);
        assertThat(readSegment(0, 7, 0, content.length)).isEqualTo(content);
        job(1, store -> assertThat(store.list()).isEmpty());
    }

    @Test
    void aSegmentIsWrittenInPiecesOfAnySize() throws Exception {
        int[] sizes = {1, 0, 4095, 16_384, 16_385, 100_000, 3};
        byte[] content = bytes(1 + 4095 + 16_384 + 16_385 + 100_000 + 3, 5);
        job(0, store -> {
            SegmentOutput output = store.create(1);
            int at = 0;
            for (int size : sizes) {
                assertThat(output.size()).isEqualTo(at);
                output.write(ByteBuffer.wrap(content, at, size));
                at += size;
            }
            output.seal();
        });

        assertThat(readSegment(0, 1, 0, content.length)).isEqualTo(content);
    }

    @Test
    void nothingStaysOfWhatWasAbandonedOrDeleted() throws Exception {
        write(0, 1, bytes(1000, 1));
        write(0, 2, bytes(1000, 2));
        job(0, store -> {
            SegmentOutput output = store.create(3);
            output.write(ByteBuffer.wrap(bytes(100_000, 3)));
            output.abandon();
            store.delete(1);
            store.delete(99);
            assertThat(store.list()).containsExactly(2L);
        });
        assertThatThrownBy(() -> readSegment(0, 1, 0, 10)).isInstanceOf(Exception.class);
        checkpoint(0, 0, List.of(), new byte[0]);
        reopen();

        assertThat(owners.get(0).segments()).containsExactly(2L);
    }

    @Test
    void whatAnEarlierProcessHasLeftUnderANumberIsReplaced() throws Exception {
        write(0, 4, bytes(5000, 1));
        reopen();
        write(0, 4, bytes(300, 2));

        assertThat(readSegment(0, 4, 0, 300)).isEqualTo(bytes(300, 2));
        job(0, store -> assertThat(store.size(4)).isEqualTo(300));
    }

    @Test
    void aJobThatFailsIsAbandonedAndTold() throws Exception {
        IOException reason = new IOException("as the test wants it");
        List<String> order = new ArrayList<>();
        CompletableFuture<IOException> told = new CompletableFuture<>();
        SegmentJob job = new SegmentJob() {
            @Override
            public boolean step(SegmentStore store) throws IOException {
                order.add("step");
                if (order.size() == 3) {
                    throw reason;
                }
                return false;
            }

            @Override
            public void abandon() {
                order.add("abandon");
            }

            @Override
            public void onDone() {
                told.complete(null);
            }

            @Override
            public void onFailed(IOException failure) {
                assertThat(loop.isCurrent()).isTrue();
                told.complete(failure);
            }
        };
        loop.run(() -> logs.get(0).submit(job));

        assertThat(told.get(ANSWER_SECONDS_MAX, TimeUnit.SECONDS)).isSameAs(reason);
        assertThat(order).containsExactly("step", "step", "step", "abandon");
    }

    @Test
    void whatIsMostlyAliveIsAdoptedAndStaysReadable() throws Exception {
        List<Long> positions = new ArrayList<>();
        Extent extent = trim(positions, true);
        checkpoint(0, extent.to(), List.of(extent), bytes(10, 1));
        int adopted =
                (int) positions.stream().filter(each -> each < extent.to()).count();
        assertThat(adopted).isPositive();

        assertThat(read(0, positions.subList(0, 3), records(0, 3))).containsExactlyElementsOf(records(0, 3));
        job(0, store -> readLog(store, positions.get(1), bytes(RECORD_BYTES, 1)));
        atManifest = store -> readLog(store, positions.get(2), bytes(RECORD_BYTES, 2));
        reopen();
        assertThat(owners.get(0).positions).isEqualTo(positions.subList(adopted, positions.size()));
        assertThat(read(0, positions.subList(0, adopted), records(0, adopted)))
                .containsExactlyElementsOf(records(0, adopted));
    }

    @Test
    void whatIsMostlyDeadIsToBeWrittenElsewhere() throws Exception {
        List<Long> positions = new ArrayList<>();
        Extent extent = trim(positions, false);
        checkpoint(0, extent.to(), List.of(), bytes(10, 1));
        reopen();

        assertThat(owners.get(0).positions.get(0)).isEqualTo(extent.to());
    }

    @Test
    void anAdoptedExtentInWhichLittleLivesIsToBeVacated() throws Exception {
        Extent extent = trim(new ArrayList<>(), true);
        checkpoint(0, extent.to(), List.of(extent), new byte[0]);
        assertThat(owners.get(0).vacated).isEmpty();
        checkpoint(0, extent.to(), List.of(new Extent(extent.from(), extent.to(), 10)), new byte[0]);

        owners.get(0).await(() -> !owners.get(0).vacated.isEmpty(), "told to vacate");
        assertThat(owners.get(0).vacated.get(0).from()).isEqualTo(extent.from());
        assertThat(owners.get(0).vacated.get(0).to()).isEqualTo(extent.to());
    }

    /**
     * Appends until the oldest part is to go, answers as if all or nothing of it were alive, returns what is decided
     * on.
     */
    private Extent trim(List<Long> positions, boolean alive) throws Exception {
        for (int i = 0; owners.get(0).trimWanted() == 0; i++) {
            assertThat(i).isLessThan(20_000);
            positions.add(append(0, bytes(RECORD_BYTES, i)));
            if (i % 10 == 9) {
                owners.get(0).awaitSynced(positions.get(i));
            }
        }
        owners.get(0).awaitSynced(positions.get(positions.size() - 1));
        Extent extent = loop.call(() -> {
            long wanted = owners.get(0).trimWanted();
            Extent surveyed = new Extent(0, wanted, alive ? wanted : 0);
            logs.get(0).survey(surveyed);
            return surveyed;
        });
        // Other shards may have a say where they share what is to go.
        for (int shard = 1; shard < SHARDS; shard++) {
            long wanted = owners.get(shard).trimWanted();
            ShardLog log = logs.get(shard);
            if (wanted > 0) {
                loop.run(() -> log.survey(new Extent(0, wanted, 0)));
            }
        }
        owners.get(0).await(() -> !owners.get(0).trims.isEmpty(), "told to trim");
        assertThat(owners.get(0).trims).containsExactly(new ContractOwner.Trim(extent.to(), alive));
        return extent;
    }

    private static void readLog(SegmentStore store, long position, byte[] expected) throws IOException {
        ByteBuffer target = ByteBuffer.allocate(expected.length);
        store.readLog(position, target);
        assertThat(target.array()).isEqualTo(expected);
    }

    private static List<byte[]> records(int from, int to) {
        List<byte[]> records = new ArrayList<>();
        for (int i = from; i < to; i++) {
            records.add(bytes(RECORD_BYTES, i));
        }
        return records;
    }

    private void checkpoint(int shard, long replayFrom, List<Extent> adopted, byte[] manifest) throws Exception {
        CompletableFuture<Void> answered = new CompletableFuture<>();
        Checkpoint checkpoint = new Checkpoint(replayFrom, adopted, manifest) {
            @Override
            public void onStored() {
                assertThat(loop.isCurrent()).isTrue();
                answered.complete(null);
            }

            @Override
            public void onFailed(IOException reason) {
                answered.completeExceptionally(reason);
            }
        };
        loop.run(() -> logs.get(shard).checkpoint(checkpoint));
        answered.get(ANSWER_SECONDS_MAX, TimeUnit.SECONDS);
    }

    private void write(int shard, long segment, byte[] content) throws Exception {
        job(shard, store -> {
            SegmentOutput output = store.create(segment);
            output.write(ByteBuffer.wrap(content));
            assertThat(output.size()).isEqualTo(content.length);
            assertThat(store.list()).contains(segment);
            output.seal();
        });
    }

    /** Has {@code work} done as a job of one step, and waits for it. */
    private void job(int shard, ContractOwner.StoreReader work) throws Exception {
        CompletableFuture<Void> done = new CompletableFuture<>();
        SegmentJob job = new SegmentJob() {
            @Override
            public boolean step(SegmentStore store) throws IOException {
                try {
                    work.accept(store);
                } catch (AssertionError e) {
                    done.completeExceptionally(e);
                }
                return true;
            }

            @Override
            public void abandon() {}

            @Override
            public void onDone() {
                assertThat(loop.isCurrent()).isTrue();
                done.complete(null);
            }

            @Override
            public void onFailed(IOException reason) {
                done.completeExceptionally(reason);
            }
        };
        loop.run(() -> logs.get(shard).submit(job));
        done.get(ANSWER_SECONDS_MAX, TimeUnit.SECONDS);
    }

    private byte[] readSegment(int shard, long segment, int from, int length) throws Exception {
        CompletableFuture<byte[]> read = new CompletableFuture<>();
        ReadBatch batch = new ReadBatch() {
            @Override
            public void onComplete() {
                Exception failure = failure(0);
                byte[] taken = taken(take(0));
                if (failure != null) {
                    read.completeExceptionally(failure);
                } else {
                    read.complete(taken);
                }
            }
        };
        batch.add(segment, from, length);
        loop.run(() -> logs.get(shard).read(batch));
        return read.get(ANSWER_SECONDS_MAX, TimeUnit.SECONDS);
    }

    private static byte[] part(byte[] content, int from, int length) {
        byte[] part = new byte[length];
        System.arraycopy(content, from, part, 0, length);
        return part;
    }
}
