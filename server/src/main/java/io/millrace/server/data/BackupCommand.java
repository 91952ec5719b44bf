package io.millrace.server.data;

import io.millrace.base.Clock;
import io.millrace.base.file.DiskFileSystem;
import io.millrace.server.client.ApiException;
import io.millrace.server.client.Numbers;
import io.millrace.server.client.ProgressLine;
import io.millrace.server.client.ServerBackup;
import io.millrace.server.client.ServerOptions;
import io.millrace.server.client.Shell;
import io.millrace.server.client.SizeOption;
import io.millrace.server.command.CommandFailure;
import io.millrace.server.process.DirectoryInUseException;
import io.millrace.server.process.DirectoryLock;
import io.millrace.server.process.FailureReason;
import io.millrace.server.process.PrivateFolder;
import io.millrace.server.process.StartException;
import io.millrace.storage.local.StoreBackup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code millrace data backup}. */
@Command(
        name = "backup",
        header = "Copy a data directory, of a broker that serves or of one that does not run.",
        description = {
            "",
            "Copies everything that a start needs into an empty directory, with a list of the files and their "
                    + "checksums, which is written last: what was interrupted is no backup, and "
                    + "'millrace data restore' says so.",
            "",
            "Without --data a broker that serves makes the copy, on its machine: TARGET is then a name, of a folder in "
                    + "the directory that its setting storage.backup-directory names. It has everything that was "
                    + "confirmed before. The command waits for it; where the command is ended, the broker goes on.",
            "",
            "The copy holds what the directory does: messages, what proves passwords, and the keys that open the "
                    + "secrets of access keys. It is for its owner only (0700); keep it so."
        },
        sortOptions = false,
        optionListHeading = "%nOptions:%n",
        parameterListHeading = "%nArguments:%n",
        footerHeading = "%nExamples:%n",
        footer = {"  millrace data backup monday", "  millrace data backup /backup/monday --data /var/lib/millrace"})
final class BackupCommand implements Callable<Integer> {
    private final Shell shell;

    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(
            paramLabel = "TARGET",
            description = "Where the copy goes: not there yet, or empty. A name where a broker makes it.")
    private @Nullable Path target;

    @Option(names = "--data", paramLabel = "DIR", description = "The data directory, which no broker uses.")
    private @Nullable Path data;

    @Option(
            names = "--bytes-per-second",
            paramLabel = "SIZE",
            converter = SizeOption.class,
            description = "How much the broker copies in a second at most (default: 64MiB); 0B for no bound.")
    private @Nullable Long bytesPerSecond;

    @ArgGroup(validate = false, heading = "%nBroker:%n")
    private final ServerOptions server = new ServerOptions();

    BackupCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() throws StartException, InterruptedException {
        CommandSpec command = Objects.requireNonNull(spec, "set by picocli");
        Path to = Objects.requireNonNull(target, "picocli asks for it");
        ProgressLine line = new ProgressLine(command.commandLine().getErr(), shell.terminal());
        if (data == null) {
            return ofServer(command, to.toString(), line);
        }
        if (server.namesServer() || bytesPerSecond != null) {
            throw misuse(
                    command,
                    "--server and --bytes-per-second are for a broker that serves, --data for a directory"
                            + " that none uses: give one of them");
        }
        return ofDirectory(command, data, to, line);
    }

    private int ofServer(CommandSpec command, String name, ProgressLine line) throws InterruptedException {
        try {
            long most = bytesPerSecond == null ? -1 : bytesPerSecond;
            long bytes = new ServerBackup(server.connect(shell, Optional.empty()), name, line).run(most);
            command.commandLine()
                    .getOut()
                    .println("copied " + Numbers.bytes(bytes) + " to " + name
                            + " in the broker's directory for backups");
            return 0;
        } catch (IllegalArgumentException e) {
            throw misuse(command, String.valueOf(e.getMessage()));
        } catch (ApiException e) {
            line.clear();
            throw new CommandFailure(String.valueOf(e.getMessage()), e);
        }
    }

    private int ofDirectory(CommandSpec command, Path from, Path to, ProgressLine line) throws StartException {
        if (!Files.isRegularFile(from.resolve("millrace.format"))) {
            throw misuse(command, from + " is no data directory: it has no file millrace.format");
        }
        if (to.toAbsolutePath().normalize().startsWith(from.toAbsolutePath().normalize())) {
            throw misuse(command, "the copy cannot be inside of the data directory");
        }
        try (DirectoryLock lock = DirectoryLock.take(from, Clock.SYSTEM)) {
            PrivateFolder.make(to);
            long bytes = new StoreBackup(new DiskFileSystem(), new CopyProgress(line))
                    .copy(from, PrivateFolder.COPIED_BESIDE_STORE, to);
            PrivateFolder.closeFiles(to);
            line.clear();
            command.commandLine().getOut().println("copied " + Numbers.bytes(bytes) + " to " + to);
            return 0;
        } catch (DirectoryInUseException e) {
            throw new CommandFailure(
                    e.getMessage() + " Or have the broker make the copy while it serves: 'millrace data backup "
                            + to.getFileName() + "', without --data, with --server URL where it is not this machine's.",
                    e);
        } catch (IOException e) {
            line.clear();
            throw new CommandFailure("no backup was made: " + FailureReason.of(e), e);
        }
    }

    private static ParameterException misuse(CommandSpec command, String message) {
        return new ParameterException(command.commandLine(), message);
    }
}
