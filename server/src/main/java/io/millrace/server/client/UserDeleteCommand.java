package io.millrace.server.client;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code millrace user delete}. */
@Command(
        name = "delete",
        header = "Remove a user and their access keys.",
        footer = {"  millrace user delete ada"})
final class UserDeleteCommand extends UserStoreCommand {
    @Parameters(paramLabel = "NAME", description = "The user.")
    private String name = "";

    UserDeleteCommand(Shell shell) {
        super(shell);
    }

    @Override
    void run(UserStore users) throws ApiException, InterruptedException {
        users.delete(name);
        out().println("user " + name + " is gone");
    }
}
