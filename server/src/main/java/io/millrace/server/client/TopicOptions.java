package io.millrace.server.client;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that name settings of a topic. */
final class TopicOptions {
    @Option(
            names = "--partitions",
            paramLabel = "N",
            description = "How many partitions it has, 1 to 1024; 1 unless set. Some can be added, none is taken away.")
    private @Nullable Integer partitions;

    @Option(
            names = "--retention",
            paramLabel = "TIME",
            converter = DurationOption.class,
            description =
                    "How long messages are kept, for example 30d; 0s for ever. 7d unless set, or for ever where it"
                            + " is made --compacted.")
    private @Nullable Duration retention;

    @Option(
            names = "--retention-bytes",
            paramLabel = "SIZE",
            converter = SizeOption.class,
            description = "How much each partition keeps, for example 10GiB: then the oldest goes. 0B for no limit, as"
                    + " unless set.")
    private @Nullable Long retentionBytes;

    @Option(
            names = "--keep-unsettled",
            negatable = true,
            description = "Keep messages longer than that, until every subscription has settled them.")
    private @Nullable Boolean keepUnsettled;

    @Option(
            names = "--unsettled",
            paramLabel = "TIME",
            converter = DurationOption.class,
            description = "How long messages are kept at most that a subscription has not settled, for example 90d; 0s"
                    + " for no limit, as unless set. With --keep-unsettled.")
    private @Nullable Duration unsettled;

    @Option(
            names = "--unsettled-bytes",
            paramLabel = "SIZE",
            converter = SizeOption.class,
            description = "How much each partition keeps at most of messages that a subscription has not settled: then"
                    + " the oldest goes. 0B for no limit, as unless set. With --keep-unsettled.")
    private @Nullable Long unsettledBytes;

    @Option(
            names = "--compacted",
            negatable = true,
            description = "Keep, sooner or later, of the messages with the same key only the latest.")
    private @Nullable Boolean compacted;

    @Option(
            names = "--tombstone",
            paramLabel = "TIME",
            converter = DurationOption.class,
            description = "How long a message without a body, which says that there is nothing for its key any more, is"
                    + " kept for readers where it is --compacted; 1d unless set.")
    private @Nullable Duration tombstone;

    @Option(
            names = "--message-bytes",
            paramLabel = "SIZE",
            converter = SizeOption.class,
            description = "The largest message that is accepted, for example 256KiB.")
    private @Nullable Long messageBytes;

    @Option(
            names = "--deduplication-window",
            paramLabel = "TIME",
            converter = DurationOption.class,
            description = "How long a deduplication id is remembered, up to 14d; 5m unless set.")
    private @Nullable Duration deduplication;

    /** What was said, as the API takes it. */
    ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        if (partitions != null) {
            json.put("partitions", partitions);
        }
        put(json, "retentionMillis", retention);
        put(json, "retentionBytes", retentionBytes);
        if (keepUnsettled != null) {
            json.put("keepUnsettled", keepUnsettled);
        }
        put(json, "unsettledMillis", unsettled);
        put(json, "unsettledBytes", unsettledBytes);
        if (compacted != null) {
            json.put("compacted", compacted);
        }
        put(json, "tombstoneMillis", tombstone);
        put(json, "messageBytesMax", messageBytes);
        put(json, "deduplicationMillis", deduplication);
        return json;
    }

    private static void put(ObjectNode json, String name, @Nullable Duration value) {
        if (value != null) {
            json.put(name, value.toMillis());
        }
    }

    private static void put(ObjectNode json, String name, @Nullable Long value) {
        if (value != null) {
            json.put(name, value);
        }
    }
}
