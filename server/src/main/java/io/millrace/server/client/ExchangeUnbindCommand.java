package io.millrace.server.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import picocli.CommandLine.Command;

/** {@code millrace exchange unbind}. */
@Command(
        name = "unbind",
        header = "Remove a binding; say what was said when it was made.",
        footer = {"  millrace exchange unbind events --queue orders --key 'order.#'"})
final class ExchangeUnbindCommand extends BindingCommand {
    ExchangeUnbindCommand(Shell shell) {
        super(shell);
    }

    @Override
    String run(ExchangeClient exchange, ObjectNode json) throws ApiException, InterruptedException {
        exchange.unbind(json);
        return " no more by this binding";
    }
}
