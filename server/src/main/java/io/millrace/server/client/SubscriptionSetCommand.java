package io.millrace.server.client;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code millrace subscription set}. */
@Command(
        name = "set",
        header = "Change settings of a subscription.",
        description = {"", "Settings that are not named stay as they are. Its kind and its filter cannot be changed."},
        footer = {
            "  millrace subscription set clicks billing --paused",
            "  millrace subscription set clicks billing --retry-delay 1s --retry-delay-max 1m"
        })
final class SubscriptionSetCommand extends SpaceCommand {
    @Parameters(index = "0", paramLabel = "TOPIC", description = "The name of the topic.")
    private String topic = "";

    @Parameters(index = "1", paramLabel = "SUBSCRIPTION", description = "The name of the subscription.")
    private String name = "";

    @Mixin
    private final SubscriptionOptions settings = new SubscriptionOptions();

    SubscriptionSetCommand(Shell shell) {
        super(shell);
    }

    @Override
    int run(HttpApi api) throws ApiException, InterruptedException {
        if (settings.json().isEmpty()) {
            throw misuse("say what to change: --lease, --paused, --retry-delay, --retry-delay-max, --retry-random,"
                    + " --dead-letter-queue, --deliveries-max or --dead-letter-expired");
        }
        SubscriptionText.print(new SubscriptionClient(api, topic, name).configure(settings.json()), out());
        return 0;
    }
}
