package io.millrace.storage.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.storage.CorruptEntryException;
import io.millrace.storage.EntryRecord;
import io.millrace.storage.ReadBatch;
import io.millrace.storage.SegmentOutput;
import io.millrace.storage.SegmentStore;
import io.millrace.storage.index.IndexBlock;
import io.millrace.storage.index.IndexCursor;
import io.millrace.storage.index.SealedRun;
import io.millrace.testkit.LeakCheck;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Records that are moved from a log into a segment. */
@LeakCheck
class WriteRunsJobTest {
    private static final int RECORD_BYTES = 100;
    private static final int RECORDS = 50;
    private static final int STEP = RECORD_BYTES + 4;

    /** The address that nothing can be read from; -1 where all can. */
    private long damagedAddress = -1;

    @Test
    void whatCannotBeReadCostsNoOtherRecord() throws Exception {
        damagedAddress = 7 * STEP + 3;

        OneSegment store = write(List.of(plan(5)));

        RunReader reader = new RunReader(store, store.runs.get(0));
        for (int i = 0; i < RECORDS; i++) {
            assertThat(reader.next()).isTrue();
            byte[] record = new byte[reader.entry().bytes()];
            store.read(1, reader.entry().address(), ByteBuffer.wrap(record));
            assertThat(record).as("record %d", i).containsOnly(i == 7 ? 0 : i + 1);
        }
        assertThat(reader.next()).isFalse();
    }

    /** A record that begins as one that logs share: it is written with the first of them. */
    @Test
    void whatLogsShareIsWrittenOnce() throws Exception {
        int shared = EntryRecord.SHARED_KIND - 1;

        OneSegment store = write(List.of(plan(5), plan(6), plan(7)));

        List<List<Long>> addresses = new ArrayList<>();
        for (SealedRun run : store.runs) {
            List<Long> ofLog = new ArrayList<>();
            for (RunReader reader = new RunReader(store, run); reader.next(); ) {
                byte[] record = new byte[reader.entry().bytes()];
                store.read(1, reader.entry().address(), ByteBuffer.wrap(record));
                assertThat(record).containsOnly(ofLog.size() + 1);
                ofLog.add(reader.entry().address());
            }
            assertThat(ofLog).hasSize(RECORDS);
            addresses.add(ofLog);
        }
        assertThat(addresses.get(1).get(shared)).isEqualTo(addresses.get(0).get(shared));
        assertThat(addresses.stream().flatMap(List::stream).distinct()).hasSize(3 * RECORDS - 2);
        assertThat(store.runs.get(2).bytes()).isEqualTo(RECORDS * RECORD_BYTES);
    }

    private static RunPlan plan(long logId) {
        IndexBlock block = new IndexBlock(ReadBatch.LOG);
        for (int i = 0; i < RECORDS; i++) {
            block.add(i, 1, (long) i * STEP, RECORD_BYTES);
        }
        RunPlan plan = new RunPlan(logId);
        IndexCursor cursor = new IndexCursor();
        cursor.start(block);
        while (cursor.next()) {
            plan.add(cursor, 1);
        }
        return plan;
    }

    private OneSegment write(List<RunPlan> plans) throws IOException {
        WriteRunsJob job = new WriteRunsJob(0, 1, false, plans) {
            @Override
            public void onDone() {
                // It is looked at.
            }

            @Override
            public void onFailed(IOException reason) {
                throw new AssertionError(reason);
            }
        };
        OneSegment store = new OneSegment();
        boolean done = false;
        while (!done) {
            done = job.step(store);
        }
        store.runs = job.runs();
        return store;
    }

    private final class OneSegment implements SegmentStore {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private List<SealedRun> runs = List.of();

        @Override
        public SegmentOutput create(long segment) {
            return new SegmentOutput() {
                @Override
                public void write(ByteBuffer source) {
                    byte[] piece = new byte[source.remaining()];
                    source.get(piece);
                    bytes.writeBytes(piece);
                }

                @Override
                public long size() {
                    return bytes.size();
                }

                @Override
                public void seal() {
                    // It can be read already.
                }

                @Override
                public void abandon() {
                    throw new AssertionError("it was not to be abandoned");
                }
            };
        }

        @Override
        public void read(long segment, long offset, ByteBuffer target) {
            target.put(bytes.toByteArray(), (int) offset, target.remaining());
        }

        @Override
        public long size(long segment) {
            return bytes.size();
        }

        /** Record i has i + 1 in each of its bytes. */
        @Override
        public void readLog(long position, ByteBuffer target) throws IOException {
            for (long at = position; target.hasRemaining(); at++) {
                if (at == damagedAddress) {
                    throw new IOException(new CorruptEntryException("position " + at, "nothing is there"));
                }
                target.put((byte) (at % STEP < RECORD_BYTES ? at / STEP + 1 : 0));
            }
        }

        @Override
        public void delete(long segment) {
            bytes.reset();
        }

        @Override
        public List<Long> list() {
            return List.of(1L);
        }
    }
}
