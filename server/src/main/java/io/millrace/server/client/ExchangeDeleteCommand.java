package io.millrace.server.client;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace exchange delete}. */
@Command(
        name = "delete",
        header = "Remove an exchange, with the bindings from and to it.",
        footer = {"  millrace exchange delete events --if-unused"})
final class ExchangeDeleteCommand extends SpaceCommand {
    @Parameters(paramLabel = "EXCHANGE", description = "The name of the exchange.")
    private String exchange = "";

    @Option(names = "--if-unused", description = "Only if no binding leads from it.")
    private boolean ifUnused;

    ExchangeDeleteCommand(Shell shell) {
        super(shell);
    }

    @Override
    int run(HttpApi api) throws ApiException, InterruptedException {
        new ExchangeClient(api, exchange).delete(ifUnused);
        out().println("exchange " + exchange + " is gone");
        return 0;
    }
}
