package io.millrace.server.data;

import io.millrace.engine.inspect.StoredIndex;
import io.millrace.engine.inspect.StoredLine;
import io.millrace.engine.inspect.StoredText;
import io.millrace.server.client.Shell;
import io.millrace.server.process.FailureReason;
import io.millrace.storage.CorruptEntryException;
import io.millrace.storage.ReadBatch;
import io.millrace.storage.SegmentStore;
import io.millrace.storage.index.IndexCursor;
import io.millrace.storage.local.StoreInspection;
import io.millrace.storage.local.StoreInspection.AdoptedPart;
import io.millrace.storage.local.StoreInspection.ShardCheckpoint;
import io.millrace.storage.local.StoredFile;
import io.millrace.storage.run.RunListing;
import io.millrace.storage.run.RunVerifier;
import io.millrace.storage.segment.LogRun;
import io.millrace.storage.segment.RunReader;
import io.millrace.storage.segment.SegmentFormat;
import io.millrace.storage.segment.SegmentListing;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code millrace data dump}. */
@Command(
        name = "dump",
        header = "Print what is where in a data directory.",
        description = {
            "",
            "A line for each file, and below it, in the order in which they lie in it: the groups, frames and records "
                    + "of the journal, the runs and entries of segments, the states of a snapshot, the records of "
                    + "indexes (due times, priorities, expiry, groups, keys), what manifests say. "
                    + "A line is a word for what it is and then name=value.",
            "",
            "Of users it shows what `millrace user show` does, never what proves a password or a key."
        },
        footer = {
            "  millrace data dump /var/lib/millrace --file manifest-0003",
            "  millrace data dump /var/lib/millrace --log 17 --offset 100..200 --bodies",
            "  millrace data dump /var/lib/millrace --log 0 --json | jq -r .definition.queue.name"
        })
final class DumpCommand extends DirectoryTool {
    private static final Pattern RANGE = Pattern.compile("(\\d{1,18})(?:\\.\\.(\\d{1,18}))?");

    @Option(names = "--file", paramLabel = "NAME", description = "Only this file; may be given several times.")
    private List<String> files = List.of();

    @Option(names = "--log", paramLabel = "N", description = "Only what is said of this log; 0 is the catalog.")
    private @Nullable Long log;

    @Option(
            names = "--offset",
            paramLabel = "A..B",
            description = "With --log: only what is said of messages A to B of it, or of message A.")
    private @Nullable String offsets;

    @Option(names = "--bodies", description = "Print bodies too: as text, or as base64 where they are none.")
    private boolean bodies;

    @Option(names = "--json", description = "Print each line as a JSON object.")
    private boolean json;

    DumpCommand(Shell shell) {
        super(shell);
    }

    @Override
    int run(StoreInspection directory) throws IOException {
        DumpPrinter printer = new DumpPrinter(out(), json, bodies, Optional.ofNullable(log), range());
        for (String wanted : files) {
            if (directory.files().stream().noneMatch(each -> each.name().equals(wanted))) {
                throw misuse("there is no file " + wanted + " in the directory");
            }
        }
        for (StoredFile each : directory.files()) {
            if (files.isEmpty() || files.contains(each.name())) {
                dump(directory, each, printer);
            }
        }
        return 0;
    }

    private Optional<DumpPrinter.OffsetRange> range() {
        if (offsets == null) {
            return Optional.empty();
        }
        Matcher matcher = RANGE.matcher(offsets);
        if (!matcher.matches() || log == null) {
            throw misuse("--offset is A..B or A, of the log that --log names");
        }
        long first = Long.parseLong(matcher.group(1));
        long last = matcher.group(2) == null ? first : Long.parseLong(matcher.group(2));
        return Optional.of(new DumpPrinter.OffsetRange(first, last));
    }

    private static void dump(StoreInspection directory, StoredFile file, DumpPrinter printer) {
        printer.file(
                new StoredLine(file.kind().name().toLowerCase(Locale.ROOT))
                        .with("name", file.name())
                        .with("bytes", file.bytes()),
                file.name());
        try {
            switch (file.kind()) {
                case JOURNAL, ADOPTED -> directory.visit(file, new JournalLines(printer));
                case MANIFEST -> dumpManifest(directory.checkpoint(file), printer);
                case SEGMENT -> dumpSegment(directory.segments(file.shard()), file, printer);
                default -> {
                    // Nothing is known of what is in it.
                }
            }
        } catch (IOException | CorruptEntryException | RuntimeException e) {
            printer.line(new StoredLine("damaged").with("reason", FailureReason.of(e)), 1);
        }
    }

    private static void dumpManifest(ShardCheckpoint checkpoint, DumpPrinter printer) {
        printer.line(new StoredLine("checkpoint").with("replayFrom", checkpoint.replayFrom()), 1);
        for (AdoptedPart each : checkpoint.adopted()) {
            printer.line(
                    new StoredLine("adopted")
                            .with("fileNumber", each.fileNumber())
                            .with("from", each.extent().from())
                            .with("to", each.extent().to())
                            .with("liveBytes", each.extent().liveBytes()),
                    1);
        }
        StoredText.manifest(checkpoint.content(), line -> printer.line(line, 1));
    }

    private static void dumpSegment(SegmentStore store, StoredFile file, DumpPrinter printer)
            throws IOException, CorruptEntryException {
        if (RunVerifier.isRun(store, file.number())) {
            dumpIndexRun(RunListing.read(store, file.number()), printer);
            return;
        }
        SegmentListing listing = SegmentListing.read(store, file.shard(), file.number());
        if (listing.kind() == SegmentFormat.KIND_SNAPSHOT) {
            StoredText.snapshot(store, file.shard(), file.number(), line -> printer.line(line, 1));
        }
        for (LogRun each : listing.runs()) {
            printer.line(StoredText.run(each.logId(), each.run()), 1);
            for (RunReader reader = new RunReader(store, each.run()); reader.next(); ) {
                dumpEntry(store, each.logId(), reader.entry(), printer);
            }
        }
    }

    private static void dumpIndexRun(RunListing run, DumpPrinter printer) throws IOException {
        printer.line(StoredIndex.run(run.kind(), run.records()), 1);
        run.visit(
                (key, sub, value) -> {
                    printer.line(StoredIndex.record(run.kind(), key, sub, value), 2);
                    return true;
                },
                damage -> printer.line(new StoredLine("damaged").with("reason", FailureReason.of(damage)), 2));
    }

    private static void dumpEntry(SegmentStore store, long logId, IndexCursor entry, DumpPrinter printer)
            throws IOException {
        if (entry.segment() == ReadBatch.LOG) {
            StoredLine line = StoredText.place(logId, entry.firstOffset(), entry.span());
            printer.line(line.with("position", entry.address()).with("recordBytes", (long) entry.bytes()), 2);
        } else {
            ByteBuffer record = ByteBuffer.allocate(entry.bytes());
            store.read(entry.segment(), entry.address(), record);
            StoredLine place = new StoredLine("place").with("at", entry.address());
            printer.entry(place, Unpooled.wrappedBuffer(record.flip()), logId, entry.firstOffset(), 2);
        }
    }

    /** Lines for a file of the journal. */
    private record JournalLines(DumpPrinter printer) implements StoreInspection.JournalVisitor {
        @Override
        public void onGroup(long offset, long sequence, long syncedThrough, int bytes, int frames) {
            printer.line(
                    new StoredLine("group")
                            .with("at", offset)
                            .with("sequence", sequence)
                            .with("syncedThrough", syncedThrough)
                            .with("bytes", (long) bytes)
                            .with("frames", (long) frames),
                    1);
        }

        @Override
        public void onFrame(long offset, int shard, long position, int length, boolean continues, boolean damaged) {
            printer.line(
                    new StoredLine(damaged ? "damaged-frame" : "frame")
                            .with("at", offset)
                            .with("shard", (long) shard)
                            .with("position", position)
                            .with("bytes", (long) length)
                            .with("continues", continues),
                    2);
        }

        @Override
        public void onRecord(int shard, long position, ByteBuf record) {
            StoredLine place =
                    new StoredLine("place").with("shard", (long) shard).with("position", position);
            printer.record(place, record, 3);
        }
    }
}
