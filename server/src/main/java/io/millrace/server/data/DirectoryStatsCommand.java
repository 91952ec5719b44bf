package io.millrace.server.data;

import io.millrace.base.Clock;
import io.millrace.broker.catalog.Catalog;
import io.millrace.engine.ShardCensus;
import io.millrace.server.client.Numbers;
import io.millrace.server.client.Shell;
import io.millrace.server.client.Table;
import io.millrace.storage.local.StoreInspection;
import io.millrace.storage.local.StoredFile;
import io.millrace.storage.local.StoredFile.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Command;

/** {@code millrace data stats}. */
@Command(
        name = "stats",
        header = "Count what is in a data directory: files, messages by queue, what lives in segments.",
        description = {
            "",
            "Three tables: the files by kind; of each queue the messages that nobody has settled, the bytes of the "
                    + "records that hold them, where these are, and when the first was stored; of each segment and "
                    + "adopted file how much of it lives.",
            "",
            "Reads the directory as a start would, and leaves it as it is. Where it is damaged, see "
                    + "'millrace data verify'."
        },
        footer = {"  millrace data stats /var/lib/millrace"})
final class DirectoryStatsCommand extends DirectoryTool {
    DirectoryStatsCommand(Shell shell) {
        super(shell);
    }

    @Override
    int run(StoreInspection directory) throws IOException {
        printFiles(directory);
        Catalog catalog = new Catalog(Clock.SYSTEM, directory.shards());
        List<ShardCensus> shards = new ArrayList<>();
        for (int shard = 0; shard < directory.shards(); shard++) {
            shards.add(new ShardCensus(shard, Clock.SYSTEM, new CatalogHost(catalog)));
        }
        directory.replay(shards::get, damage -> out().println("damaged  " + damage));
        catalog.finishReplay();
        DirectoryCount count = new DirectoryCount(directory, catalog.snapshot());
        for (int shard = 0; shard < shards.size(); shard++) {
            shards.get(shard).count(directory.segments(shard), count.of(shard));
        }
        out().println();
        count.printQueues(out());
        out().println();
        count.printLiving(out());
        return 0;
    }

    private void printFiles(StoreInspection directory) {
        Map<Kind, long[]> kinds = new TreeMap<>();
        for (StoredFile each : directory.files()) {
            long[] sum = kinds.computeIfAbsent(each.kind(), any -> new long[2]);
            sum[0]++;
            sum[1] += each.bytes();
        }
        Table table = new Table(List.of("KIND", "FILES", "BYTES"));
        kinds.forEach((kind, sum) ->
                table.row(List.of(kind.name().toLowerCase(Locale.ROOT), Numbers.count(sum[0]), Numbers.bytes(sum[1]))));
        table.print(out());
    }
}
