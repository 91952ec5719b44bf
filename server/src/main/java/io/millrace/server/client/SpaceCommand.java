package io.millrace.server.client;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** A command that works in one space of a running broker. */
abstract class SpaceCommand extends ClientCommand {
    @Option(names = "--space", paramLabel = "SPACE", description = "The space to work in (default: that of the user).")
    private @Nullable String space;

    SpaceCommand(Shell shell) {
        super(shell);
    }

    /** Does what the command is for; the exit status. */
    abstract int run(HttpApi api) throws ApiException, InterruptedException;

    @Override
    final int run() throws ApiException, InterruptedException {
        // The HTTP client of the JDK sends header fields in ASCII only.
        if (space != null && !space.chars().allMatch(c -> c > ' ' && c < 0x7F)) {
            throw misuse("--space: only a name of visible ASCII characters can be given; make it the user's own space");
        }
        return run(connect(Optional.ofNullable(space)));
    }
}
