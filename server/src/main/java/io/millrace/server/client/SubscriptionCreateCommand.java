package io.millrace.server.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace subscription create}. */
@Command(
        name = "create",
        header = "Make a subscription; from then on it gets the messages of the topic.",
        description = {
            "",
            "Kinds: shared gives each message to whoever asks; by-key too, but of messages with the same key one at a "
                    + "time, in order; failover gives all of a partition to one of the attached consumers, exclusive "
                    + "to the only one that may attach; cumulative gives no messages, and stores how far a reader "
                    + "has come.",
            "",
            "Fine where it is there already with the same settings; with others, it is refused and nothing changes."
        },
        footer = {
            "  millrace subscription create clicks billing --from earliest",
            "  millrace subscription create sales eu --filter \"region = 'eu'\"",
            "  millrace subscription create clicks audit --kind by-key --dead-letter-queue lost --deliveries-max 5"
        })
final class SubscriptionCreateCommand extends SpaceCommand {
    @Parameters(index = "0", paramLabel = "TOPIC", description = "The name of the topic.")
    private String topic = "";

    @Parameters(index = "1", paramLabel = "SUBSCRIPTION", description = "The name of the subscription.")
    private String name = "";

    @Option(
            names = "--kind",
            paramLabel = "KIND",
            description = "shared, as it is unless set, by-key, failover, exclusive or cumulative.")
    private @Nullable String kind;

    @Option(
            names = "--filter",
            paramLabel = "SELECTOR",
            description = "Get only the messages that this selects, by their headers and properties, for example"
                    + " \"region = 'eu'\". It cannot be changed.")
    private @Nullable String filter;

    @Option(
            names = "--from",
            paramLabel = "WHERE",
            description = "Where it begins: earliest, latest, as it does unless set, an offset, or a date such as"
                    + " 2027-01-31T18:00:00Z.")
    private @Nullable String from;

    @Mixin
    private final SubscriptionOptions settings = new SubscriptionOptions();

    SubscriptionCreateCommand(Shell shell) {
        super(shell);
    }

    @Override
    int run(HttpApi api) throws ApiException, InterruptedException {
        ObjectNode json = settings.json();
        if (kind != null) {
            json.put("kind", kind);
        }
        if (filter != null) {
            json.put("filter", filter);
        }
        if (from != null) {
            json.put("from", from);
        }
        new SubscriptionClient(api, topic, name).create(json);
        out().println("subscription " + name + " of topic " + topic + " is there");
        return 0;
    }
}
