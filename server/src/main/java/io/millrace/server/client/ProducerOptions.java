package io.millrace.server.client;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of a producer that numbers its messages, see {@link NumberedSink}. */
final class ProducerOptions {
    @Option(
            names = "--producer",
            paramLabel = "NAME",
            description = "Number the messages as those of this producer, so that none is stored twice in the"
                    + " --partition, which has to be given. A request whose answer was lost is then repeated, and a"
                    + " command that has failed can be given once more with the same input and --batch. Requests are"
                    + " filled before they are sent.")
    private @Nullable String producer;

    @Option(
            names = "--sequence",
            paramLabel = "N",
            description = "The number of the first message; the next has one more (default: 0).")
    private @Nullable Integer sequence;

    @Option(
            names = "--epoch",
            paramLabel = "N",
            description = "Begin anew, 0 to 65535: what the producer still sends with a lower one is refused"
                    + " (default: 0).")
    private @Nullable Integer epoch;

    /** What does not fit together; empty where all does. */
    Optional<String> fault(boolean hasPartition, int requests) {
        if (producer == null) {
            return sequence == null && epoch == null
                    ? Optional.empty()
                    : Optional.of("--sequence and --epoch are those of a --producer");
        }
        if (!hasPartition || requests > 1) {
            return Optional.of(
                    "a --producer numbers the messages of one --partition, and has one of --requests under" + " way");
        }
        return Optional.empty();
    }

    boolean isGiven() {
        return producer != null;
    }

    /** Where the messages for {@code partition} go; only where a producer {@link #isGiven}. */
    MessageSink sink(TopicClient topic, int partition) {
        if (producer == null) {
            throw new IllegalStateException("no producer is given");
        }
        return topic.sink(partition, producer, epoch == null ? 0 : epoch, sequence == null ? 0 : sequence);
    }
}
