package io.millrace.server.data;

import io.millrace.broker.catalog.CatalogSnapshot;
import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.broker.topic.TopicPartition;
import io.millrace.engine.Shard;
import io.millrace.engine.ShardCensus;
import io.millrace.server.client.Numbers;
import io.millrace.server.client.Table;
import io.millrace.storage.ReadBatch;
import io.millrace.storage.local.StoreInspection;
import io.millrace.storage.local.StoreInspection.AdoptedPart;
import io.millrace.storage.local.StoredFile;
import io.millrace.storage.local.StoredFile.Kind;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What lives in a directory, by queue and by file. Filled by one thread. */
final class DirectoryCount {
    private static final double PERCENT = 100;

    private final StoreInspection directory;
    private final CatalogSnapshot catalog;
    private final TreeMap<String, QueueCount> queues = new TreeMap<>();
    /** Bytes that live, by the names of segments and adopted files. */
    private final Map<String, Long> living = new HashMap<>();

    private static final class QueueCount {
        long messages;
        long oldestMillis;
        long journalBytes;
        long segmentBytes;
        long adoptedBytes;
    }

    DirectoryCount(StoreInspection directory, CatalogSnapshot catalog) {
        this.directory = directory;
        this.catalog = catalog;
    }

    /** What is to be told of shard {@code shard}. */
    ShardCensus.Visitor of(int shard) throws IOException {
        TreeMap<Long, String> adopted = new TreeMap<>();
        for (StoredFile file : directory.files()) {
            if (file.kind() == Kind.MANIFEST && file.shard() == shard) {
                for (AdoptedPart each : directory.checkpoint(file).adopted()) {
                    adopted.put(each.extent().from(), nameOf(each.fileNumber()));
                }
            }
        }
        return new ShardCensus.Visitor() {
            @Override
            public void onLog(long logId, long messages, long oldestMillis) {
                QueueCount queue = queue(shard, logId);
                queue.messages = messages;
                queue.oldestMillis = oldestMillis;
            }

            @Override
            public void onRecord(long logId, long segment, long address, int bytes, boolean inJournal) {
                QueueCount queue = queue(shard, logId);
                if (inJournal) {
                    queue.journalBytes += bytes;
                } else if (segment == ReadBatch.LOG) {
                    queue.adoptedBytes += bytes;
                    Map.Entry<Long, String> file = adopted.floorEntry(address);
                    living.merge(file == null ? "?" : file.getValue(), (long) bytes, Long::sum);
                } else {
                    queue.segmentBytes += bytes;
                    living.merge(directory.segmentName(shard, segment), (long) bytes, Long::sum);
                }
            }
        };
    }

    /** The name of the file with adopted extents that has this number, which may still be part of the journal. */
    private String nameOf(long number) {
        return directory.files().stream()
                .filter(each -> (each.kind() == Kind.ADOPTED || each.kind() == Kind.JOURNAL) && each.number() == number)
                .map(StoredFile::name)
                .findFirst()
                .orElse("?");
    }

    private QueueCount queue(int shard, long logId) {
        QueueDefinition queue = catalog.queueByLog(logId);
        TopicPartition partition = catalog.topics().byLog(logId);
        String name = queue != null
                ? queue.queue().toString()
                : partition != null
                        ? partition.topic().key() + " partition " + partition.number()
                        : logId == Shard.CATALOG_LOG
                                ? "(catalog)"
                                : "(log " + logId + " of shard " + shard + ", not defined)";
        return queues.computeIfAbsent(name, any -> new QueueCount());
    }

    void printQueues(PrintWriter output) {
        Table table = new Table(
                List.of("QUEUE", "MESSAGES", "BYTES", "IN JOURNAL", "IN SEGMENTS", "IN ADOPTED FILES", "OLDEST"));
        queues.forEach((name, queue) -> table.row(List.of(
                name,
                Numbers.count(queue.messages),
                Numbers.bytes(queue.journalBytes + queue.segmentBytes + queue.adoptedBytes),
                Numbers.bytes(queue.journalBytes),
                Numbers.bytes(queue.segmentBytes),
                Numbers.bytes(queue.adoptedBytes),
                queue.oldestMillis == ShardCensus.UNKNOWN
                        ? "-"
                        : Instant.ofEpochMilli(queue.oldestMillis).toString())));
        table.print(output);
    }

    void printLiving(PrintWriter output) {
        Table table = new Table(List.of("FILE", "BYTES", "LIVING", "DEAD"));
        for (StoredFile each : directory.files()) {
            if ((each.kind() == Kind.SEGMENT || each.kind() == Kind.ADOPTED) && living.containsKey(each.name())) {
                // What several queues share counts for each of them.
                long alive = Math.min(each.bytes(), living.getOrDefault(each.name(), 0L));
                double dead = each.bytes() == 0 ? 0 : PERCENT * (each.bytes() - alive) / each.bytes();
                table.row(List.of(
                        each.name(),
                        Numbers.bytes(each.bytes()),
                        Numbers.bytes(alive),
                        String.format(Locale.ROOT, "%.0f %%", dead)));
            }
        }
        table.print(output);
    }
}
