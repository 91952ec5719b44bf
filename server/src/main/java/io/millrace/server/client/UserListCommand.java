package io.millrace.server.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code millrace user list}. */
@Command(
        name = "list",
        header = "List the users.",
        footer = {"  millrace user list"})
final class UserListCommand extends UserStoreCommand {
    @Option(names = "--json", description = "Print each user as the API describes them, one a line.")
    private boolean json;

    UserListCommand(Shell shell) {
        super(shell);
    }

    @Override
    void run(UserStore users) throws ApiException, InterruptedException {
        List<JsonNode> all = users.list();
        if (json) {
            all.forEach(each -> out().println(each));
        } else {
            var table = new Table(UserText.HEADINGS);
            all.forEach(each -> table.row(UserText.row(each)));
            table.print(out());
        }
    }
}
