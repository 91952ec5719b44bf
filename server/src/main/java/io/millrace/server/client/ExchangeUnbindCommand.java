package io.millrace.server.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code millrace exchange unbind}. */
@Command(
        name = "unbind",
        header = "Remove a binding; say what was said when it was made.",
        footer = {"  millrace exchange unbind events --queue orders --key 'order.#'"})
final class ExchangeUnbindCommand extends SpaceCommand {
    @Parameters(paramLabel = "EXCHANGE", description = "The exchange that it leads from.")
    private String exchange = "";

    @Mixin
    private final BindingOptions binding = new BindingOptions();

    ExchangeUnbindCommand(Shell shell) {
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
        new ExchangeClient(api, exchange).unbind(json);
        out().println("exchange " + exchange + " leads to " + binding.destination() + " no more by this binding");
        return 0;
    }
}
