package io.millrace.server.client;

import picocli.CommandLine.Command;

/** {@code millrace user key}: leads to what can be done with an access key. */
@Command(
        name = "key",
        header = "Make and remove access keys, for programs that log in without a password.",
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n")
final class UserKeyCommand {}
