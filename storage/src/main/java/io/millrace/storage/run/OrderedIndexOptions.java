package io.millrace.storage.run;

/**
 * What kind of an {@link OrderedIndex} it is, and its bounds.
 *
 * @param kind a number of the owner for what the records mean, in every run and description: others are refused
 * @param headRecords how many records are in memory before they are written as a run, 1 or more
 * @param fanIn how many runs of similar size are merged into one, 2 or more
 * @param isFiltered whether runs have a filter, so that scans of a key that is not there rarely read: 1.25 bytes of
 *     direct memory for each record in large runs, up to 2.5 in small ones
 * @param latestOnly whether of the records of one key and sub only the one with the greatest value is kept
 * @param cachedNodes how many blocks of the block indexes are kept in memory for scans, 4 KiB of direct memory each
 */
public record OrderedIndexOptions(
        int kind, int headRecords, int fanIn, boolean isFiltered, boolean latestOnly, int cachedNodes) {
    private static final int HEAD_RECORDS = 65_536;
    private static final int FAN_IN = 8;
    private static final int CACHED_NODES = 64;

    /** Refuses bounds that make no sense. */
    public OrderedIndexOptions {
        if (headRecords < 1 || fanIn < 2 || cachedNodes < 0) {
            throw new IllegalArgumentException("an index with a head of " + headRecords + " records, a fan-in of "
                    + fanIn + " and " + cachedNodes + " cached nodes");
        }
    }

    /** An index that is taken from its front, or scanned. */
    public static OrderedIndexOptions ordered(int kind) {
        return new OrderedIndexOptions(kind, HEAD_RECORDS, FAN_IN, false, false, CACHED_NODES);
    }

    /** An index that is asked for single keys, mostly ones that are not there. */
    public static OrderedIndexOptions filtered(int kind) {
        return new OrderedIndexOptions(kind, HEAD_RECORDS, FAN_IN, true, false, CACHED_NODES);
    }

    /** An index that keeps the greatest value of each (key, sub). */
    public static OrderedIndexOptions latest(int kind) {
        return new OrderedIndexOptions(kind, HEAD_RECORDS, FAN_IN, true, true, CACHED_NODES);
    }

    /** The same with another bound of the head. */
    public OrderedIndexOptions withHeadRecords(int records) {
        return new OrderedIndexOptions(kind, records, fanIn, isFiltered, latestOnly, cachedNodes);
    }
}
