package io.millrace.server.client;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace subscription seek}. */
@Command(
        name = "seek",
        header = "Have a subscription go on somewhere else.",
        description = {
            "",
            "All before is settled for it, and nothing from there on, whatever became of these messages before; leases "
                    + "on them end. Other subscriptions do not notice."
        },
        footer = {
            "  millrace subscription seek clicks billing 2027-01-31T18:00:00Z",
            "  millrace subscription seek clicks billing 1200 --partition 0"
        })
final class SubscriptionSeekCommand extends SpaceCommand {
    @Parameters(index = "0", paramLabel = "TOPIC", description = "The name of the topic.")
    private String topic = "";

    @Parameters(index = "1", paramLabel = "SUBSCRIPTION", description = "The name of the subscription.")
    private String name = "";

    @Parameters(
            index = "2",
            paramLabel = "WHERE",
            description = "earliest, latest, an offset, or a date with its time and offset.")
    private String where = "";

    @Option(names = "--partition", paramLabel = "N", description = "In this partition only, of which 0 is the first.")
    private @Nullable Integer partition;

    SubscriptionSeekCommand(Shell shell) {
        super(shell);
    }

    @Override
    int run(HttpApi api) throws ApiException, InterruptedException {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("to", where);
        if (partition != null) {
            json.put("partition", partition);
        }
        SubscriptionText.print(new SubscriptionClient(api, topic, name).seek(json), out());
        return 0;
    }
}
