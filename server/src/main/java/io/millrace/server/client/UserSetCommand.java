package io.millrace.server.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.server.command.CommandFailure;
import io.millrace.server.process.FailureReason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace user set}. */
@Command(
        name = "set",
        header = "Make a user, or change one.",
        description = {
            "",
            "The first user becomes an administrator. What is not named stays as it is. --allow and "
                    + "--deny take the place of all that the user was allowed and denied before. Actions on "
                    + "queues: create, configure, delete, describe, purge, publish, consume, peek, administer, "
                    + "or * for all of them."
        },
        footer = {
            "  millrace user set admin --password-stdin",
            "  millrace user set admin --password-stdin --data DIR",
            "  millrace user set ada --password-stdin --allow 'publish,consume=orders-*'",
            "  millrace user set ada --allow '*=*' --deny delete=orders"
        })
final class UserSetCommand extends UserStoreCommand {
    private static final int PASSWORD_BYTES_MAX = 4096;

    @Parameters(paramLabel = "NAME", description = "The user.")
    private String name = "";

    @Option(names = "--password-stdin", description = "Set the password: a line of standard input, or asked for.")
    private boolean passwordFromInput;

    @Option(
            names = "--administrator",
            negatable = true,
            description = "The user may do everything; --no-administrator takes that back.")
    private @Nullable Boolean administrator;

    @Option(names = "--space", paramLabel = "SPACE", description = "The space that the user works in.")
    private @Nullable String space;

    @Option(
            names = "--allow",
            paramLabel = "ACTIONS=QUEUES",
            description = "Allow actions on queues; QUEUES may have * and ?. May be given several times.")
    private List<String> allowed = List.of();

    @Option(names = "--deny", paramLabel = "ACTIONS=QUEUES", description = "Deny actions, whatever is allowed.")
    private List<String> denied = List.of();

    UserSetCommand(Shell shell) {
        super(shell);
    }

    @Override
    void run(UserStore users) throws ApiException, InterruptedException {
        ObjectNode change = JsonNodeFactory.instance.objectNode();
        List<JsonNode> known = users.list();
        if (administrator != null) {
            change.put("administrator", administrator.booleanValue());
        } else if (known.isEmpty()) {
            change.put("administrator", true);
        }
        if (space != null) {
            change.put("space", space);
        }
        if (!allowed.isEmpty() || !denied.isEmpty()) {
            addStatements(change.putArray("statements"), spaceIn(known));
        }
        if (passwordFromInput) {
            change.put("password", password());
        }
        UserText.print(users.set(name, change), out());
    }

    /** The space that the user works in after the change. */
    private String spaceIn(List<JsonNode> known) {
        if (space != null) {
            return space;
        }
        return known.stream()
                .filter(each -> each.path("name").asText().equals(name))
                .map(each -> each.path("space").asText())
                .findFirst()
                .orElse("root");
    }

    private void addStatements(ArrayNode statements, String where) {
        try {
            allowed.forEach(each -> statements.add(QueuePermission.parse(each).statement("allow", where)));
            denied.forEach(each -> statements.add(QueuePermission.parse(each).statement("deny", where)));
        } catch (IllegalArgumentException e) {
            throw misuse(String.valueOf(e.getMessage()));
        }
    }

    private String password() {
        String password =
                shell().secrets().apply("New password of " + name + ": ").orElseGet(this::firstLine);
        if (password.isEmpty()) {
            throw misuse("--password-stdin: the password on standard input is empty");
        }
        return password;
    }

    private String firstLine() {
        try {
            byte[] line = new RecordSource(shell().input(), (byte) '\n', PASSWORD_BYTES_MAX).next();
            return line == null ? "" : new String(line, StandardCharsets.UTF_8).replaceFirst("\r$", "");
        } catch (IOException e) {
            throw new CommandFailure("the password on standard input " + FailureReason.of(e), e);
        }
    }
}
