package io.millrace.server.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code millrace exchange bind}. */
@Command(
        name = "bind",
        header = "Have an exchange lead to a queue, or to another exchange.",
        description = {"", "Fine where the same binding is there already."},
        footer = {
            "  millrace exchange bind events --queue orders --key 'order.#'",
            "  millrace exchange bind events --to audit --key '#'",
            "  millrace exchange bind events --queue mine --filter '{\"owner\":[\"ada\"]}'"
        })
final class ExchangeBindCommand extends SpaceCommand {
    @Parameters(paramLabel = "EXCHANGE", description = "The exchange that it leads from.")
    private String exchange = "";

    @Mixin
    private final BindingOptions binding = new BindingOptions();

    ExchangeBindCommand(Shell shell) {
        super(shell);
    }

    @Override
    int run(HttpApi api) throws ApiException, InterruptedException {
        ObjectNode json;
        try {
            json = binding.json();
        } catch (IllegalArgumentException e) {
            throw misuse(String.valueOf(e.getMessage()));
        }
        new ExchangeClient(api, exchange).bind(json);
        out().println("exchange " + exchange + " leads to " + binding.destination());
        return 0;
    }
}
