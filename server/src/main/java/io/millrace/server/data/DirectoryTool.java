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
import io.millrace.storage.local.StoreInspection;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A command that looks at a data directory which no broker uses. The main thread runs it. */
@Command(
        sortOptions = false,
        optionListHeading = "%nOptions:%n",
        parameterListHeading = "%nArguments:%n",
        footerHeading = "%nExamples:%n")
abstract class DirectoryTool implements Callable<Integer> {
    private static final long SHOW_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final Shell shell;

    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(paramLabel = "DIR", description = "The data directory. No broker may use it at the moment.")
    private @Nullable Path directory;

    DirectoryTool(Shell shell) {
        this.shell = shell;
    }

    /** Does what the command is for; the exit status. */
    abstract int run(StoreInspection directory) throws IOException;

    /** The directory cannot be looked at, for {@code reason}; the exit status. */
    int refuse(IOException reason) {
        throw new CommandFailure(FailureReason.of(reason), reason);
    }

    @Override
    public final Integer call() throws StartException {
        Path given = Objects.requireNonNull(directory, "picocli asks for it");
        if (!Files.isRegularFile(given.resolve("millrace.format"))) {
            throw misuse(given + " is no data directory: it has no file millrace.format");
        }
        Progress progress = new Progress(new ProgressLine(errors(), shell.terminal()));
        try (DirectoryLock lock = DirectoryLock.take(given, Clock.SYSTEM)) {
            StoreInspection inspection;
            try {
                inspection = new StoreInspection(given, new DiskFileSystem(), progress);
            } catch (IOException e) {
                return refuse(e);
            }
            try (inspection) {
                progress.total = inspection.bytes();
                return run(inspection);
            }
        } catch (IOException e) {
            throw new CommandFailure(FailureReason.of(e), e);
        } finally {
            progress.line.clear();
        }
    }

    /** What to throw where the command line makes no sense. */
    ParameterException misuse(String message) {
        return new ParameterException(spec().commandLine(), message);
    }

    /** Where results go. */
    PrintWriter out() {
        return spec().commandLine().getOut();
    }

    private PrintWriter errors() {
        return spec().commandLine().getErr();
    }

    private CommandSpec spec() {
        return Objects.requireNonNull(spec, "set by picocli");
    }

    /** How much was read, on a terminal. Some is read more than once: by its checksum, and by who needs it. */
    private static final class Progress implements IntConsumer {
        final ProgressLine line;
        long total;
        private long read;
        private long shownNanos;

        Progress(ProgressLine line) {
            this.line = line;
        }

        @Override
        public void accept(int bytes) {
            read += bytes;
            long now = System.nanoTime();
            if (now - shownNanos >= SHOW_NANOS) {
                shownNanos = now;
                line.show("read " + Numbers.bytes(read) + "; the directory has " + Numbers.bytes(total));
            }
        }
    }
}
