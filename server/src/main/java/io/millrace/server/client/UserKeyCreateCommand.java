package io.millrace.server.client;

import com.fasterxml.jackson.databind.JsonNode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code millrace user key create}. */
@Command(
        name = "create",
        header = "Make an access key for a user.",
        description = {"", "Prints its id and its secret. The secret is shown this once; keep it safe."},
        footer = {"  millrace user key create ada"})
final class UserKeyCreateCommand extends UserStoreCommand {
    @Parameters(paramLabel = "NAME", description = "The user.")
    private String name = "";

    UserKeyCreateCommand(Shell shell) {
        super(shell);
    }

    @Override
    void run(UserStore users) throws ApiException, InterruptedException {
        JsonNode key = users.createKey(name);
        out().println("id      " + key.path("id").asText());
        out().println("secret  " + key.path("secret").asText());
    }
}
