package io.millrace.server.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import picocli.CommandLine.Command;

/** {@code millrace exchange bind}. */
@Command(
        name = "bind",
        header = "Have an exchange lead to a queue, a topic, or another exchange.",
        description = {"", "Fine where the same binding is there already."},
        footer = {
            "  millrace exchange bind events --queue orders --key 'order.#'",
            "  millrace exchange bind events --topic history --key '#'",
            "  millrace exchange bind events --to audit --key '#'",
            "  millrace exchange bind events --queue mine --filter '{\"owner\":[\"ada\"]}'"
        })
final class ExchangeBindCommand extends BindingCommand {
    ExchangeBindCommand(Shell shell) {
        super(shell);
    }

    @Override
    String run(ExchangeClient exchange, ObjectNode json) throws ApiException, InterruptedException {
        exchange.bind(json);
        return "";
    }
}
