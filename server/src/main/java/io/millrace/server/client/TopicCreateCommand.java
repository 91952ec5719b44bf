package io.millrace.server.client;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code millrace topic create}. */
@Command(
        name = "create",
        header = "Make a topic.",
        description = {
            "",
            "Fine where the topic is there already with the same settings; with others, it is refused "
                    + "and nothing changes."
        },
        footer = {
            "  millrace topic create clicks --partitions 4",
            "  millrace topic create audit --retention 0s",
            "  millrace topic create prices --compacted"
        })
final class TopicCreateCommand extends SpaceCommand {
    @Parameters(paramLabel = "TOPIC", description = "The name of the topic.")
    private String topic = "";

    @Mixin
    private final TopicOptions settings = new TopicOptions();

    TopicCreateCommand(Shell shell) {
        super(shell);
    }

    @Override
    int run(HttpApi api) throws ApiException, InterruptedException {
        new TopicClient(api, topic).create(settings.json());
        out().println("topic " + topic + " is there");
        return 0;
    }
}
