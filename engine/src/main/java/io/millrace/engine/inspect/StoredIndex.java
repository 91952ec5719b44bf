package io.millrace.engine.inspect;

import io.millrace.engine.index.ShardIndexes;
import io.millrace.engine.record.DeduplicationRecord;
import io.millrace.engine.record.TimeRecord;
import java.util.Map;

/** What runs of the engine's indexes say, in names and values (docs/formats/snapshot.md): for tools. Stateless. */
public final class StoredIndex {
    private static final Map<Integer, String> NAMES = Map.of(
            ShardIndexes.KIND_DELAYS, "delays",
            ShardIndexes.KIND_DATES, "dates",
            ShardIndexes.KIND_EXPIRIES, "expiries",
            ShardIndexes.KIND_PRIORITIES, "priorities",
            ShardIndexes.KIND_KEYS, "keys",
            ShardIndexes.KIND_GROUPS, "groups");

    private StoredIndex() {}

    /** A run with so many records, of the index of {@code kind}. */
    public static StoredLine run(int kind, long records) {
        return new StoredLine("index")
                .with("of", NAMES.getOrDefault(kind, "unknown"))
                .with("kind", (long) kind)
                .with("records", records);
    }

    /** A record of the index of {@code kind}. Where that is of one queue, the state of its log says of which. */
    public static StoredLine record(int kind, long key, long sub, long value) {
        return switch (kind) {
            case ShardIndexes.KIND_DELAYS, ShardIndexes.KIND_DATES -> time("due", "dueMillis", key, sub, value);
            case ShardIndexes.KIND_EXPIRIES -> time("expires", "expiryMillis", key, sub, value);
            case ShardIndexes.KIND_PRIORITIES ->
                new StoredLine("waits").with("priority", key).with("offset", value);
            case ShardIndexes.KIND_KEYS ->
                new StoredLine("known")
                        .with("hash", StoredText.hash(key, DeduplicationRecord.hashRest(sub)))
                        .with("untilMillis", DeduplicationRecord.untilMillis(sub, value))
                        .with("offset", DeduplicationRecord.offset(value));
            case ShardIndexes.KIND_GROUPS ->
                new StoredLine("of-group")
                        .with("group", StoredText.hash(key, sub))
                        .with("offset", value);
            default ->
                new StoredLine("record").with("key", key).with("sub", sub).with("value", value);
        };
    }

    private static StoredLine time(String what, String name, long key, long sub, long value) {
        long offset = TimeRecord.offset(value);
        return new StoredLine(what)
                .log(TimeRecord.logId(sub))
                .offsets(offset, offset + 1)
                .with(name, TimeRecord.millis(key))
                .withPriority(TimeRecord.priority(key, value));
    }
}
