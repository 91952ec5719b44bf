package io.millrace.engine;

import io.millrace.storage.CorruptEntryException;
import io.millrace.storage.EntryEnvelope;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A fetch of a test, which keeps what it was answered. Bodies are checked and given back at once. */
final class FetchProbe extends Fetch {
    private final List<Long> firstOffsets = new ArrayList<>();
    private final List<Long> numbers = new ArrayList<>();
    private final List<Long> offsets = new ArrayList<>();
    private int damaged;
    private int answers;
    private long floor = -1;
    private long end = -1;
    private @Nullable Refusal refusal;

    FetchProbe(long fromOffset, int entriesMax, int bytesMax, long waitNanos) {
        super(fromOffset, entriesMax, bytesMax, waitNanos);
    }

    /** One that takes everything from an offset on, and does not wait. */
    static FetchProbe from(long offset) {
        return new FetchProbe(offset, 10_000, Integer.MAX_VALUE, 0);
    }

    /** Adds the number of each message by its offset. */
    void addTo(Map<Long, Long> byOffset) {
        for (int i = 0; i < numbers.size(); i++) {
            byOffset.put(offsets.get(i), numbers.get(i));
        }
    }

    /** The first offsets of the entries that could be read. */
    List<Long> firstOffsets() {
        return firstOffsets;
    }

    /** The numbers of all messages in them. */
    List<Long> numbers() {
        return numbers;
    }

    /** How many entries could not be read. */
    int damaged() {
        return damaged;
    }

    int answers() {
        return answers;
    }

    /** The floor that it was told when its offset was out of range; -1 where it was not. */
    long floor() {
        return floor;
    }

    long endOfRange() {
        return end;
    }

    @Nullable
    Refusal refusal() {
        return refusal;
    }

    @Override
    protected void onFetched() {
        answers++;
        EntryEnvelope envelope = new EntryEnvelope();
        for (int i = 0; i < size(); i++) {
            if (!isReadable(i)) {
                damaged++;
                continue;
            }
            firstOffsets.add(firstOffset(i));
            try {
                envelope.read(entry(i), entry(i).readerIndex(), "an entry");
            } catch (CorruptEntryException e) {
                throw new AssertionError(e);
            }
            for (int message = 0; message < envelope.count; message++) {
                numbers.add(PublishProbe.numberIn(entry(i), message));
                offsets.add(firstOffset(i) + message);
            }
        }
        release();
    }

    @Override
    protected void onOutOfRange(long firstOffset, long endOffset) {
        answers++;
        floor = firstOffset;
        end = endOffset;
    }

    @Override
    protected void onRefused(Refusal reason) {
        answers++;
        refusal = reason;
    }
}
