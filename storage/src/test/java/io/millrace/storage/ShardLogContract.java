package io.millrace.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.testkit.SeedSource;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/** What every implementation of {@link ShardLog} promises; extended once per implementation. */
public abstract class ShardLogContract extends StorageContract {
    @Test
    void aNewLogIsEmpty() throws Exception {
        assertThat(owners.get(0).records).isEmpty();
        loop.run(() -> {
            ShardLog log = logs.get(0);
            assertThat(log.syncedPosition()).isEqualTo(log.appendedPosition());
            assertThat(log.unsyncedBytes()).isZero();
            assertThat(log.hasSpace()).isTrue();
        });
    }

    @Test
    void aRecordIsReportedAsSyncedAfterItWasFlushed() throws Exception {
        long position = append(0, bytes(100, 1));

        owners.get(0).awaitSynced(position);

        loop.run(() -> {
            assertThat(logs.get(0).syncedPosition()).isEqualTo(logs.get(0).appendedPosition());
            assertThat(logs.get(0).unsyncedBytes()).isZero();
        });
    }

    @Test
    void whatWasNotFlushedIsNotReportedAsSynced() throws Exception {
        long flushed = loop.call(() -> {
            commit(0, bytes(10, 1));
            logs.get(0).flush();
            return commit(0, bytes(10, 2));
        });
        owners.get(1).awaitSynced(append(1, bytes(10, 3)));
        owners.get(0).awaitSynced(flushed - 1);

        assertThat(owners.get(0).synced()).isEqualTo(flushed);
    }

    @Test
    void aRecordHasThePositionThatWasSaidBefore() throws Exception {
        loop.run(() -> {
            ShardLog log = logs.get(0);
            long last = -1;
            for (int i = 0; i < 100; i++) {
                long next = log.appendedPosition();
                assertThat(commit(0, bytes(i * 50, i))).isEqualTo(next).isGreaterThan(last);
                last = next;
            }
            assertThat(log.unsyncedBytes()).isEqualTo(log.appendedPosition() - log.syncedPosition());
        });
    }

    @ParameterizedTest
    @SeedSource(runs = 3)
    void recordsAreReplayedInOrderAtTheirPositions(long seed) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        List<List<byte[]>> records = new ArrayList<>();
        List<List<Long>> positions = new ArrayList<>();
        for (int shard = 0; shard < SHARDS; shard++) {
            records.add(new ArrayList<>());
            positions.add(new ArrayList<>());
        }
        for (int life = 0; life < 3; life++) {
            for (int i = 0; i < 200; i++) {
                int shard = random.nextInt(SHARDS);
                byte[] record = bytes(random.nextInt(random.nextInt(10) == 0 ? 20_000 : 300), random.nextLong());
                boolean flush = random.nextInt(5) == 0;
                positions.get(shard).add(loop.call(() -> commit(shard, record)));
                records.get(shard).add(record);
                if (flush) {
                    loop.run(() -> logs.get(shard).flush());
                }
            }
            loop.run(() -> logs.forEach(ShardLog::flush));
            reopen();
            for (int shard = 0; shard < SHARDS; shard++) {
                assertThat(owners.get(shard).records).containsExactlyElementsOf(records.get(shard));
                assertThat(owners.get(shard).positions).isEqualTo(positions.get(shard));
            }
        }
    }

    @Test
    void recordsOfAnySizeAreReadFromMemoryOrDiskAndReplayed() throws Exception {
        int[] sizes = {0, 1, 4095, 4096, 65_536, (1 << 20) - 4, 1 << 20, (1 << 20) + 1, 5 << 20, 0, 1};
        List<byte[]> records = new ArrayList<>();
        List<Long> positions = new ArrayList<>();
        for (int size : sizes) {
            records.add(bytes(size, size));
            positions.add(append(1, records.get(records.size() - 1)));
        }
        owners.get(1).awaitSynced(positions.get(positions.size() - 1));

        assertThat(read(1, positions, records)).containsExactlyElementsOf(records);
        for (int i = 0; i < sizes.length; i++) {
            byte[] tail = readTail(1, positions.get(i), sizes[i]);
            assertThat(tail == null ? records.get(i) : tail).isEqualTo(records.get(i));
        }
        reopen();
        assertThat(owners.get(1).records).containsExactlyElementsOf(records);
        assertThat(read(1, positions, records)).containsExactlyElementsOf(records);
    }

    /** Of a record that has more behind what somebody knows of it. */
    @Test
    void theBeginningOfARecordIsReadAlone() throws Exception {
        List<byte[]> beginnings = new ArrayList<>();
        List<Long> positions = new ArrayList<>();
        for (int size : new int[] {10, 4096, 65_536, 3 << 20, 7}) {
            byte[] record = bytes(size, size);
            beginnings.add(Arrays.copyOf(record, size / 2));
            positions.add(append(1, record));
        }
        owners.get(1).awaitSynced(positions.get(positions.size() - 1));

        for (int i = 0; i < positions.size(); i++) {
            byte[] tail = readTail(1, positions.get(i), beginnings.get(i).length);
            assertThat(tail == null ? beginnings.get(i) : tail).isEqualTo(beginnings.get(i));
        }
        assertThat(read(1, positions, beginnings)).containsExactlyElementsOf(beginnings);
        reopen();
        assertThat(read(1, positions, beginnings)).containsExactlyElementsOf(beginnings);
    }

    @Test
    void theLargestRecordIsStored() throws Exception {
        byte[] record = bytes(ShardLog.RECORD_BYTES_MAX, 1);
        long position = append(2, record);
        owners.get(2).awaitSynced(position);

        assertThat(read(2, List.of(position), List.of(record)).get(0)).isEqualTo(record);
        reopen();
        assertThat(owners.get(2).records.get(0)).isEqualTo(record);
    }

    @Test
    void aRecordThatIsTooLargeIsRefusedAndChangesNothing() throws Exception {
        loop.run(() -> {
            assertThatIllegalArgumentException().isThrownBy(() -> logs.get(0).reserve(ShardLog.RECORD_BYTES_MAX + 1));
            assertThatIllegalArgumentException().isThrownBy(() -> logs.get(0).reserve(-1));
        });
        owners.get(0).awaitSynced(append(0, bytes(10, 1)));
        reopen();
        assertThat(owners.get(0).records).containsExactly(bytes(10, 1));
    }

    @Test
    void reserveAndCommitComeInPairs() throws Exception {
        loop.run(() -> {
            assertThatThrownBy(() -> logs.get(0).commit()).isInstanceOf(IllegalStateException.class);
            logs.get(0).reserve(3);
            assertThatThrownBy(() -> logs.get(0).reserve(3)).isInstanceOf(IllegalStateException.class);
        });
    }

    @Test
    void aRecordOfAnotherLengthThanReservedIsNotCommitted() throws Exception {
        loop.run(() -> {
            logs.get(0).reserve(3).writeByte(1);
            assertThatThrownBy(() -> logs.get(0).commit()).isInstanceOf(IllegalStateException.class);
        });
        loop.run(() -> {
            logs.get(1).reserve(1).writeInt(1);
            assertThatThrownBy(() -> logs.get(1).commit()).isInstanceOf(IllegalStateException.class);
        });
    }

    @Test
    void manyReadsAreCompletedTogether() throws Exception {
        List<byte[]> records = new ArrayList<>();
        List<Long> positions = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            records.add(bytes(i * 7, i));
            positions.add(append(0, records.get(i)));
        }
        owners.get(0).awaitSynced(positions.get(299));
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            order.add(i);
        }
        Collections.shuffle(order, new Random(1));

        List<byte[]> read = read(
                0,
                order.stream().map(positions::get).toList(),
                order.stream().map(records::get).toList());

        for (int i = 0; i < 300; i++) {
            assertThat(read.get(i)).isEqualTo(records.get(order.get(i)));
        }
    }

    @Test
    void everythingFromATrimmedPositionOnIsKept() throws Exception {
        List<byte[]> records = new ArrayList<>();
        List<Long> positions = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            records.add(bytes(20_000, i));
            positions.add(append(0, records.get(i)));
        }
        owners.get(0).awaitSynced(positions.get(199));
        loop.run(() -> {
            trim(0, positions.get(150));
            for (int shard = 1; shard < SHARDS; shard++) {
                trim(shard, logs.get(shard).syncedPosition());
            }
        });
        for (int i = 200; i < 210; i++) {
            records.add(bytes(20_000, i));
            positions.add(append(0, records.get(i)));
        }
        owners.get(0).awaitSynced(positions.get(209));

        assertThat(read(0, positions.subList(150, 210), records.subList(150, 210)))
                .containsExactlyElementsOf(records.subList(150, 210));
        reopen();
        List<byte[]> replayed = owners.get(0).records;
        assertThat(replayed).hasSizeBetween(60, 210);
        assertThat(replayed).containsExactlyElementsOf(records.subList(210 - replayed.size(), 210));
    }

    @Test
    void positionsGrowOverRestartsAlsoWhereNothingIsLeft() throws Exception {
        long last = append(0, bytes(100, 1));
        for (int life = 0; life < 4; life++) {
            owners.get(0).awaitSynced(last);
            long end = loop.call(() -> {
                for (int shard = 0; shard < SHARDS; shard++) {
                    trim(shard, logs.get(shard).syncedPosition());
                }
                return logs.get(0).appendedPosition();
            });
            // Another shard fills what follows, so that nothing of the first one is kept.
            long other = 0;
            for (int i = 0; i < 100; i++) {
                other = append(1, bytes(20_000, i));
            }
            owners.get(1).awaitSynced(other);
            loop.run(() -> trim(1, logs.get(1).syncedPosition()));
            reopen();
            assertThat(loop.call(() -> logs.get(0).appendedPosition())).isGreaterThanOrEqualTo(end);
            assertThat(loop.call(() -> logs.get(0).syncedPosition()))
                    .isEqualTo(loop.call(() -> logs.get(0).appendedPosition()));
            long next = append(0, bytes(100, 1));
            assertThat(next).isGreaterThan(last);
            last = next;
        }
    }

    @Test
    void trimIsNotAheadOfWhatIsSynced() throws Exception {
        loop.run(() -> {
            commit(0, bytes(10, 1));
            assertThatThrownBy(() -> trim(0, logs.get(0).appendedPosition())).isInstanceOf(IllegalStateException.class);
        });
    }

    @Test
    void aSliceFromMemoryStaysReadableAsLongAsItIsHeld() throws Exception {
        byte[] record = bytes(1000, 1);
        long position = append(0, record);
        owners.get(0).awaitSynced(position);
        ByteBuf held = loop.call(() -> logs.get(0).readTail(position, record.length));
        long last = position;
        for (int i = 0; i < 200; i++) {
            last = append(0, bytes(20_000, i));
        }
        owners.get(0).awaitSynced(last);

        if (held != null) {
            assertThat(ByteBufUtil.getBytes(held)).isEqualTo(record);
            held.release();
        }
        assertThat(read(0, List.of(position), List.of(record)).get(0)).isEqualTo(record);
    }
}
