package io.millrace.server.client;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code millrace topic set}. */
@Command(
        name = "set",
        header = "Change settings of a topic, or add partitions.",
        description = {
            "",
            "Settings that are not named stay as they are. Messages of a key may go to another partition once there "
                    + "are more; those that are there stay where they are."
        },
        footer = {"  millrace topic set clicks --partitions 8", "  millrace topic set clicks --retention 1d"})
final class TopicSetCommand extends SpaceCommand {
    @Parameters(paramLabel = "TOPIC", description = "The name of the topic.")
    private String topic = "";

    @Mixin
    private final TopicOptions settings = new TopicOptions();

    TopicSetCommand(Shell shell) {
        super(shell);
    }

    @Override
    int run(HttpApi api) throws ApiException, InterruptedException {
        if (settings.json().isEmpty()) {
            throw misuse("say what to change: --partitions, --retention, --retention-bytes, --compacted, --tombstone,"
                    + " --message-bytes or --deduplication-window");
        }
        TopicText.print(new TopicClient(api, topic).configure(settings.json()), out());
        return 0;
    }
}
