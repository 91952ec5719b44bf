package io.millrace.server.client;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code millrace user key delete}. */
@Command(
        name = "delete",
        header = "Remove an access key of a user.",
        footer = {"  millrace user key delete ada MLRCABCDEFGHIJKLMNOP"})
final class UserKeyDeleteCommand extends UserStoreCommand {
    @Parameters(index = "0", paramLabel = "NAME", description = "The user.")
    private String name = "";

    @Parameters(index = "1", paramLabel = "ID", description = "The id of the key.")
    private String id = "";

    UserKeyDeleteCommand(Shell shell) {
        super(shell);
    }

    @Override
    void run(UserStore users) throws ApiException, InterruptedException {
        users.deleteKey(name, id);
        out().println("access key " + id + " of user " + name + " is gone");
    }
}
