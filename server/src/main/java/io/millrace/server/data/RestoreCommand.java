package io.millrace.server.data;

import io.millrace.base.Clock;
import io.millrace.base.file.DiskFileSystem;
import io.millrace.server.client.Numbers;
import io.millrace.server.client.ProgressLine;
import io.millrace.server.client.Shell;
import io.millrace.server.command.CommandFailure;
import io.millrace.server.process.DirectoryLock;
import io.millrace.server.process.FailureReason;
import io.millrace.server.process.PrivateFolder;
import io.millrace.server.process.StartException;
import io.millrace.storage.local.StoreBackup;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code millrace data restore}. */
@Command(
        name = "restore",
        header = "Make a data directory of a backup.",
        description = {
            "",
            "Checks every file of the backup against its list while it copies. Refuses a backup that was not finished "
                    + "or is damaged, and a directory with anything in it. The backup stays as it is.",
            "",
            "Do not run a broker on a restored directory beside the one that it was copied from: both would go on with "
                    + "the same messages."
        },
        optionListHeading = "%nOptions:%n",
        parameterListHeading = "%nArguments:%n",
        footerHeading = "%nExamples:%n",
        footer = {"  millrace data restore /backup/monday /var/lib/millrace"})
final class RestoreCommand implements Callable<Integer> {
    private final Shell shell;

    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(index = "0", paramLabel = "BACKUP", description = "The backup.")
    private @Nullable Path backup;

    @Parameters(index = "1", paramLabel = "DIR", description = "The data directory: not there yet, or empty.")
    private @Nullable Path directory;

    RestoreCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() throws StartException {
        CommandSpec command = Objects.requireNonNull(spec, "set by picocli");
        Path to = Objects.requireNonNull(directory, "picocli asks for it");
        ProgressLine line = new ProgressLine(command.commandLine().getErr(), shell.terminal());
        try {
            PrivateFolder.make(to);
            try (DirectoryLock lock = DirectoryLock.take(to, Clock.SYSTEM)) {
                long bytes = new StoreBackup(new DiskFileSystem(), new CopyProgress(line))
                        .restore(Objects.requireNonNull(backup, "picocli asks for it"), to, Set.of("lock"));
                PrivateFolder.closeFiles(to);
                line.clear();
                command.commandLine().getOut().println("restored " + Numbers.bytes(bytes) + " to " + to);
                return 0;
            }
        } catch (IOException e) {
            line.clear();
            throw new CommandFailure("nothing that can be used was restored: " + FailureReason.of(e), e);
        }
    }
}
