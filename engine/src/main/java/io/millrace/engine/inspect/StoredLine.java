package io.millrace.engine.inspect;

import io.millrace.storage.EntryEnvelope;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Something that is stored, said in one line: what it is, and its values by their names. Values are {@link Long},
 * {@link Boolean}, {@link String} or lists of strings. Filled by one thread.
 */
public final class StoredLine {
    /** What stands for no log. */
    public static final long NO_LOG = -1;

    private final String what;
    private final Map<String, Object> values = new LinkedHashMap<>();
    private final Set<Long> otherLogs = new HashSet<>();
    private long logId = NO_LOG;
    private long firstOffset = Long.MAX_VALUE;
    private long endOffset = Long.MIN_VALUE;

    /** A line about a {@code what}. */
    public StoredLine(String what) {
        this.what = what;
    }

    /** What it is. */
    public String what() {
        return what;
    }

    /** What is known of it, in the order in which it is to be read. */
    public Map<String, Object> values() {
        return Collections.unmodifiableMap(values);
    }

    /** Whether it says something of log {@code log}. */
    public boolean isAbout(long log) {
        return logId == log || otherLogs.contains(log);
    }

    /**
     * Whether it says something of offsets from {@code first} up to but not {@code end} of its log; where it has
     * several, perhaps.
     */
    public boolean isAbout(long first, long end) {
        return firstOffset < end && endOffset > first;
    }

    /** Adds a value. */
    public StoredLine with(String name, Object value) {
        values.put(name, value);
        return this;
    }

    /** Adds a number unless it is {@code usual}. */
    public StoredLine withUnless(long usual, String name, long value) {
        return value == usual ? this : with(name, value);
    }

    /** Adds a priority unless it is the usual one. */
    StoredLine withPriority(int priority) {
        return priority == EntryEnvelope.PRIORITY_NORMAL ? this : with("priority", Integer.toUnsignedLong(priority));
    }

    /** Adds a list unless it is empty. */
    public StoredLine withAll(String name, List<String> all) {
        return all.isEmpty() ? this : with(name, List.copyOf(all));
    }

    StoredLine log(long log) {
        logId = log;
        return with("log", log);
    }

    /** Notes that it is about these offsets of log {@code log} too, {@code end} not included. */
    void alsoAbout(long log, long first, long end) {
        otherLogs.add(log);
        firstOffset = Math.min(firstOffset, first);
        endOffset = Math.max(endOffset, end);
    }

    /** Notes that it is about these offsets, {@code end} not included; names them where it is the first to. */
    StoredLine offsets(long first, long end) {
        firstOffset = Math.min(firstOffset, first);
        endOffset = Math.max(endOffset, end);
        with("offset", firstOffset);
        return endOffset == firstOffset + 1 ? this : with("lastOffset", endOffset - 1);
    }
}
