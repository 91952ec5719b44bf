package io.millrace.server.client;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that name settings of a queue. */
final class QueueOptions {
    @Option(
            names = "--lease",
            paramLabel = "TIME",
            converter = DurationOption.class,
            description = "How long a consumer has a message where its receive does not say, for example 30s.")
    private @Nullable Duration lease;

    @Option(
            names = "--message-bytes",
            paramLabel = "SIZE",
            converter = SizeOption.class,
            description = "The largest message that is accepted, for example 256KiB.")
    private @Nullable Long messageBytes;

    QueueChange change() {
        return new QueueChange(Optional.ofNullable(lease), Optional.ofNullable(messageBytes));
    }
}
