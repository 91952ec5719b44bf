package io.millrace.storage.segment;

import java.util.HashMap;
import java.util.Map;
import org.agrona.collections.Long2LongHashMap;

/**
 * Where entries that several logs share were written, by where they were before: so that each is written once. Up to
 * {@value #RECORDS_MAX} of them are known; what comes then is written for each log. For one thread.
 */
final class SharedPlaces {
    /** Nothing is known of a place. */
    static final long NONE = -1;

    /** They take 16 MiB; a journal file holds about as many small ones that some logs share. */
    private static final int RECORDS_MAX = 1 << 19;

    private final Map<Long, Long2LongHashMap> written = new HashMap<>(0);
    private int size;

    /** Where the entry is now that was at {@code address} of {@code segment}; {@link #NONE} where it is not known. */
    long find(long segment, long address) {
        Long2LongHashMap ofSegment = size == 0 ? null : written.get(segment);
        return ofSegment == null ? NONE : ofSegment.get(address);
    }

    /** The entry that was at {@code address} of {@code segment} is at {@code place} now. */
    void note(long segment, long address, long place) {
        if (size < RECORDS_MAX) {
            written.computeIfAbsent(segment, any -> new Long2LongHashMap(NONE)).put(address, place);
            size++;
        }
    }
}
