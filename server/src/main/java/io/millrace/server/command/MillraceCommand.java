package io.millrace.server.command;

import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The command {@code millrace} itself, which only leads to its subcommands. */
@Command(
        name = "millrace",
        versionProvider = MillraceCommand.Versions.class,
        header = "A message broker that stores messages durably until they are done.",
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n",
        footer = {
            "",
            "Java options:",
            "  --heap SIZE     Memory for Java objects, for example 1GiB; by default a share",
            "                  of what the machine or container has. Anywhere on the line.",
            "  MILLRACE_OPTS   Environment variable with further options for the JVM.",
            "",
            "'millrace COMMAND --help' explains a command.",
            "Exit status: 0 done, 1 failed, 2 used wrongly."
        })
final class MillraceCommand {
    @Option(names = "--debug", scope = ScopeType.INHERIT, description = "Print the stack trace of a failure.")
    private boolean debug;

    boolean debug() {
        return debug;
    }

    /** What {@code --version} prints. */
    static final class Versions implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return Version.lines();
        }
    }
}
