package io.millrace.engine.retention;

import io.millrace.engine.offset.OffsetSet;
import io.millrace.engine.offset.SettledSet;
import io.millrace.engine.policy.LatestPerKey;
import io.millrace.storage.CorruptEntryException;
import io.millrace.storage.EntryEnvelope;
import io.millrace.storage.EntryRecord;
import io.millrace.storage.ReadBatch;
import io.millrace.storage.SegmentJob;
import io.millrace.storage.SegmentStore;
import io.millrace.storage.index.IndexCursor;
import io.millrace.storage.index.SealedRun;
import io.millrace.storage.segment.RunReader;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the messages of a log that later ones with the same key have superseded. First it reads what is new, the dirty
 * part, as far as it has room for keys, and notes the latest offset of each; then what lies before, the clean part, in
 * which no key is twice. What is not decided yet has its turn another time. What cannot be read supersedes nothing and
 * stays. Reads sealed entries only: they are on stable storage, so the message that supersedes another is there
 * whatever happens. Made on the loop, then the background agent's, then the loop's again.
 */
abstract class KeyScan extends SegmentJob {
    private static final int STEP_BYTES = 1 << 20;
    /** What an entry counts for at least. */
    private static final int STEP_ENTRY_BYTES = 512;

    private final String place;
    private final List<SealedRun> runs;
    private final SettledSet settled;
    private final long dirtyFrom;
    private final long dirtyTo;
    private final LatestPerKey policy;
    private final long nowMillis;
    private final int keysMax;
    private final boolean keepsTombstones;

    private final EntryEnvelope envelope = new EntryEnvelope();
    private final KeyTable latest = new KeyTable();
    private final OffsetSet superseded = new OffsetSet();
    /** Tombstones that are older than they have to be, and the latest of their keys. */
    private final OffsetSet oldTombstones = new OffsetSet();

    private boolean inCleanPart;
    private boolean damaged;
    private int run;
    private @Nullable RunReader reader;
    private long cleanTo;

    /**
     * Will look at {@code runs}, all that is sealed of a log, in order; what lies before {@code dirtyFrom} was looked
     * at before; at {@code dirtyTo} begins what transactions have stored that are not decided. {@code keepsTombstones}
     * where not all of the clean part could be read before. Takes about {@code keysMax} keys.
     */
    KeyScan(
            long logId,
            List<SealedRun> runs,
            SettledSet settled,
            long dirtyFrom,
            long dirtyTo,
            LatestPerKey policy,
            long nowMillis,
            int keysMax,
            boolean keepsTombstones) {
        this.place = "an entry of log " + logId;
        this.runs = runs;
        this.settled = settled;
        this.dirtyFrom = dirtyFrom;
        this.dirtyTo = dirtyTo;
        this.policy = policy;
        this.nowMillis = nowMillis;
        this.keysMax = keysMax;
        this.keepsTombstones = keepsTombstones;
        this.cleanTo = dirtyFrom;
    }

    /** The offsets that can be settled. */
    final OffsetSet superseded() {
        return superseded;
    }

    /** When {@link #superseded} is settled, no key is twice below this offset. */
    final long cleanTo() {
        return cleanTo;
    }

    /** Whether something could not be read. */
    final boolean isDamaged() {
        return damaged;
    }

    @Override
    public final boolean step(SegmentStore store) throws IOException {
        for (int left = STEP_BYTES; left > 0; ) {
            if (run == runs.size() || (inCleanPart && runs.get(run).firstOffset() >= dirtyFrom)) {
                if (inCleanPart || latest.size() == 0) {
                    end();
                    return true;
                }
                beginCleanPart();
            } else {
                left -= readNext(store);
            }
        }
        return false;
    }

    private void beginCleanPart() {
        inCleanPart = true;
        run = 0;
        reader = null;
    }

    private void end() {
        // Of a key whose tombstone goes, nothing older may be left: what could not be read may be.
        if (!damaged && !keepsTombstones) {
            superseded.addAll(oldTombstones);
        }
    }

    /** Looks at the next entry; returns about how many bytes that took. */
    private int readNext(SegmentStore store) throws IOException {
        SealedRun source = runs.get(run);
        try {
            RunReader from = reader;
            if (from == null) {
                if (!inCleanPart && source.endOffset() <= dirtyFrom) {
                    run++;
                    return 1;
                }
                from = new RunReader(store, source);
                reader = from;
            }
            if (!from.next()) {
                endRun(source);
                return 1;
            }
            return STEP_ENTRY_BYTES + look(store, from.entry());
        } catch (CorruptEntryException | EOFException e) {
            // The index of this run: whoever reads the log or moves it reports it.
            damaged = true;
            endRun(source);
            return 1;
        }
    }

    private void endRun(SealedRun source) {
        if (!inCleanPart) {
            cleanTo = Math.max(cleanTo, source.endOffset());
        }
        reader = null;
        run++;
    }

    private int look(SegmentStore store, IndexCursor entry) throws IOException {
        long end = entry.firstOffset() + entry.span();
        boolean isDirty = end > dirtyFrom;
        if (isDirty == inCleanPart || settled.unsettled(entry.firstOffset(), end) == 0) {
            return 0;
        }
        boolean isFull = latest.size() > 0 && latest.size() + entry.span() > keysMax;
        if (!inCleanPart && (isFull || end > dirtyTo)) {
            // The rest has its turn another time.
            cleanTo = Math.max(cleanTo, entry.firstOffset());
            beginCleanPart();
            return 0;
        }
        try {
            ByteBuf body = read(store, entry);
            if ((envelope.flags & EntryEnvelope.CONTROL) != 0) {
                return entry.bytes();
            }
            long first = entry.firstOffset();
            policy.keys().read(envelope.format, body, (index, high, low, isTombstone) -> {
                if (!settled.contains(first + index)) {
                    note(first + index, high, low, isTombstone);
                }
            });
        } catch (CorruptEntryException | RuntimeException e) {
            damaged = true;
        }
        return entry.bytes();
    }

    private void note(long offset, long high, long low, boolean isTombstone) {
        if (!inCleanPart) {
            long before = latest.put(high, low, offset);
            if (before != KeyTable.NONE) {
                superseded.add(before);
            }
        } else if (latest.get(high, low) != KeyTable.NONE) {
            superseded.add(offset);
        } else if (isTombstone && nowMillis - envelope.timestampMillis > policy.tombstoneMillis()) {
            oldTombstones.add(offset);
        }
    }

    /** Reads the envelope, and returns the body. */
    private ByteBuf read(SegmentStore store, IndexCursor entry) throws IOException, CorruptEntryException {
        ByteBuffer bytes = ByteBuffer.allocate(entry.bytes());
        try {
            if (entry.segment() == ReadBatch.LOG) {
                store.readLog(entry.address(), bytes);
            } else {
                store.read(entry.segment(), entry.address(), bytes);
            }
        } catch (EOFException e) {
            throw new CorruptEntryException(place, "its segment ends before it");
        } catch (IOException e) {
            if (e.getCause() instanceof CorruptEntryException damage) {
                throw damage;
            }
            throw e;
        }
        ByteBuf record = Unpooled.wrappedBuffer(bytes.flip());
        EntryRecord.verify(record, envelope, place);
        if (EntryRecord.namesPlace(record) && envelope.firstOffset != entry.firstOffset()) {
            throw new CorruptEntryException(place, "it is another entry than was asked for");
        }
        return envelope.body(record, record.readerIndex() + EntryRecord.ENVELOPE_AT);
    }

    @Override
    public final void abandon() {
        // It only reads.
    }
}
