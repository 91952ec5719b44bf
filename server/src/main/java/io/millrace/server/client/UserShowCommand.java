package io.millrace.server.client;

import com.fasterxml.jackson.databind.JsonNode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace user show}. */
@Command(
        name = "show",
        header = "Show a user and what they may do.",
        footer = {"  millrace user show ada", "  millrace user show ada --json"})
final class UserShowCommand extends UserStoreCommand {
    @Parameters(paramLabel = "NAME", description = "The user.")
    private String name = "";

    @Option(names = "--json", description = "Print the user as the API describes them.")
    private boolean json;

    UserShowCommand(Shell shell) {
        super(shell);
    }

    @Override
    void run(UserStore users) throws ApiException, InterruptedException {
        JsonNode user = users.show(name);
        if (json) {
            out().println(user);
        } else {
            UserText.print(user, out());
        }
    }
}
