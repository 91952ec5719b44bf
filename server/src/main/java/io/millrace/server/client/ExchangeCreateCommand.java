package io.millrace.server.client;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace exchange create}. */
@Command(
        name = "create",
        header = "Make an exchange.",
        description = {
            "",
            "Fine where the exchange is there already with the same settings; with others, it is refused "
                    + "and nothing changes."
        },
        footer = {
            "  millrace exchange create events --type topic",
            "  millrace exchange create events --type topic --alternate unroutable",
            "  millrace exchange create shares --type consistent-hash --hash-header customer"
        })
final class ExchangeCreateCommand extends SpaceCommand {
    @Parameters(paramLabel = "EXCHANGE", description = "The name of the exchange.")
    private String exchange = "";

    @Option(
            names = "--type",
            paramLabel = "TYPE",
            description = "direct, fanout, topic, headers or consistent-hash; direct unless said.")
    private @Nullable String type;

    @Option(names = "--internal", description = "Only other exchanges lead into it, and nobody publishes to it.")
    private boolean internal;

    @Option(
            names = "--alternate",
            paramLabel = "EXCHANGE",
            description = "The exchange that is given what no binding of this one takes.")
    private @Nullable String alternate;

    @Option(
            names = "--hash-header",
            paramLabel = "NAME",
            description = "Of a consistent-hash exchange: the header that decides instead of the routing key.")
    private @Nullable String hashHeader;

    @Option(
            names = "--hash-property",
            paramLabel = "NAME",
            description = "The same with a property: key, messageId, correlationId or group.")
    private @Nullable String hashProperty;

    ExchangeCreateCommand(Shell shell) {
        super(shell);
    }

    @Override
    int run(HttpApi api) throws ApiException, InterruptedException {
        ObjectNode settings = JsonNodeFactory.instance.objectNode();
        put(settings, "type", type);
        put(settings, "alternate", alternate);
        put(settings, "hashHeader", hashHeader);
        put(settings, "hashProperty", hashProperty);
        if (internal) {
            settings.put("internal", true);
        }
        new ExchangeClient(api, exchange).create(settings);
        out().println("exchange " + exchange + " is there");
        return 0;
    }

    private static void put(ObjectNode settings, String name, @Nullable String value) {
        if (value != null) {
            settings.put(name, value);
        }
    }
}
