package io.millrace.server.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** A command about one binding, which it is told from beginning to end. */
abstract class BindingCommand extends SpaceCommand {
    @Parameters(paramLabel = "EXCHANGE", description = "The exchange that it leads from.")
    private String exchange = "";

    @Mixin
    private final BindingOptions binding = new BindingOptions();

    BindingCommand(Shell shell) {
        super(shell);
    }

    /** Does what the command is for with the binding of {@code exchange}, as the API takes it; says what is now. */
    abstract String run(ExchangeClient exchange, ObjectNode json) throws ApiException, InterruptedException;

    @Override
    final int run(HttpApi api) throws ApiException, InterruptedException {
        ObjectNode json;
        try {
            json = binding.json();
        } catch (IllegalArgumentException e) {
            throw misuse(String.valueOf(e.getMessage()));
        }
        String now = run(new ExchangeClient(api, exchange), json);
        out().println("exchange " + exchange + " leads to " + binding.destination() + now);
        return 0;
    }
}
