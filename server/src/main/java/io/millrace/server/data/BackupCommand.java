package io.millrace.server.data;

import io.millrace.base.Clock;
import io.millrace.base.file.DiskFileSystem;
import io.millrace.server.client.Numbers;
import io.millrace.server.client.ProgressLine;
import io.millrace.server.client.Shell;
import io.millrace.server.command.CommandFailure;
import io.millrace.server.process.DirectoryLock;
import io.millrace.server.process.FailureReason;
import io.millrace.server.process.StartException;
import io.millrace.storage.local.StoreBackup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code millrace data backup}. */
@Command(
        name = "backup",
        header = "Copy a data directory that no broker uses.",
        description = {
            "",
            "Copies everything that a start needs into an empty directory, with a list of the files and their "
                    + "checksums, which is written last: what was interrupted is no backup, and "
                    + "'millrace data restore' says so.",
            "",
            "The copy holds what the directory does: messages, what proves passwords, and the keys that open the "
                    + "secrets of access keys. It is for its owner only (0700); keep it so."
        },
        optionListHeading = "%nOptions:%n",
        parameterListHeading = "%nArguments:%n",
        footerHeading = "%nExamples:%n",
        footer = {"  millrace data backup /backup/monday --data /var/lib/millrace"})
final class BackupCommand implements Callable<Integer> {
    /** Beside the store's own files: the keys that open the secrets of access keys. */
    private static final Set<String> OTHERS = Set.of("seal.key");

    private final Shell shell;

    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(paramLabel = "TARGET", description = "Where the copy goes: not there yet, or empty.")
    private @Nullable Path target;

    @Option(names = "--data", paramLabel = "DIR", required = true, description = "The data directory.")
    private @Nullable Path data;

    BackupCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() throws StartException {
        CommandSpec command = Objects.requireNonNull(spec, "set by picocli");
        Path from = Objects.requireNonNull(data, "picocli asks for it");
        Path to = Objects.requireNonNull(target, "picocli asks for it");
        if (!Files.isRegularFile(from.resolve("millrace.format"))) {
            throw new ParameterException(
                    command.commandLine(), from + " is no data directory: it has no file millrace.format");
        }
        if (to.toAbsolutePath().normalize().startsWith(from.toAbsolutePath().normalize())) {
            throw new ParameterException(command.commandLine(), "the copy cannot be inside of the data directory");
        }
        ProgressLine line = new ProgressLine(command.commandLine().getErr(), shell.terminal());
        try (DirectoryLock lock = DirectoryLock.take(from, Clock.SYSTEM)) {
            PrivateFolder.make(to);
            long bytes = new StoreBackup(new DiskFileSystem(), PrivateFolder.showing(line)).copy(from, OTHERS, to);
            PrivateFolder.closeFiles(to);
            line.clear();
            command.commandLine().getOut().println("copied " + Numbers.bytes(bytes) + " to " + to);
            return 0;
        } catch (IOException e) {
            line.clear();
            throw new CommandFailure("no backup was made: " + FailureReason.of(e), e);
        }
    }
}
