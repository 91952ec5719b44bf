package io.millrace.server.demo;

import io.millrace.server.client.ApiException;
import io.millrace.server.client.Numbers;
import io.millrace.server.client.Shell;
import io.millrace.server.command.CommandFailure;
import io.millrace.server.command.CommandFrame;
import io.millrace.server.process.FailureReason;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code millrace demo}: see the package. */
@Command(
        name = "demo",
        header = "Watch a real job survive the death of its workers and of the broker.",
        description = {
            "",
            "Publishes a job for each of many files of this machine; worker processes compute the"
                    + " files' SHA-256 and publish the results. Meanwhile workers and the broker are killed with"
                    + " SIGKILL, more than once. At the end every message is accounted for, and every result is"
                    + " compared with a direct computation. Takes about a minute and leaves nothing behind. The"
                    + " exit status is 0 only if the account is right."
        },
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {"  millrace demo", "  millrace demo --folder ~/pictures --files 5000 --workers 6"})
public final class DemoCommand implements Callable<Integer> {
    private static final int FILES_MAX = 1_000_000;
    private static final int WORKERS_MAX = 64;
    private static final int COLUMNS_MIN = 68;
    private static final int FILE_BYTES_MAX = 1 << 20;
    private static final int STOPPED = 130;

    private final Shell shell;
    private final String main;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = "--folder",
            paramLabel = "DIR",
            description = "Where the files are (default: /usr, and if it has too few, all of this machine).")
    private @Nullable Path folder;

    @Option(
            names = "--files",
            paramLabel = "N",
            description = "How many files, or all if there are fewer (default: ${DEFAULT-VALUE}).")
    private int files = 50_000;

    @Option(names = "--workers", paramLabel = "N", description = "Worker processes (default: ${DEFAULT-VALUE}).")
    private int workers = 3;

    @Option(
            names = "--storage",
            paramLabel = "KIND",
            description = "Where the broker stores: local, or bookkeeper under a root of its own, which stays there.")
    private @Nullable String storage;

    @Option(
            names = "--zookeeper",
            paramLabel = "SERVERS",
            description = "With --storage bookkeeper: the ZooKeeper servers of the cluster.")
    private @Nullable String zooKeeper;

    @Option(names = "--keep", description = "Keep the broker's data directory and the logs, and say where they are.")
    private boolean keep;

    private DemoCommand(Shell shell, String main) {
        this.shell = shell;
        this.main = main;
    }

    /** The command and the hidden one that its worker processes run; {@code main} is the class that runs commands. */
    public static List<?> in(Shell shell, Class<?> main) {
        return List.of(new DemoCommand(shell, main.getName()), new WorkerCommand());
    }

    @Override
    public Integer call() throws ApiException {
        DemoOptions options = options();
        var stopped = new AtomicBoolean();
        Thread conductor = Thread.currentThread();
        shell.signals().accept(signal -> {
            if (stopped.getAndSet(true)) {
                Runtime.getRuntime().exit(STOPPED);
            }
            conductor.interrupt();
        });
        try {
            return run(options);
        } catch (InterruptedException e) {
            return sayStopped();
        } catch (CommandFailure | IOException e) {
            // Ctrl-C ends the child processes as well, which may be noticed first.
            if (stopped.get()) {
                return sayStopped();
            }
            throw e instanceof CommandFailure failure ? failure : new CommandFailure(FailureReason.of(e), e);
        }
    }

    private int sayStopped() {
        PrintWriter errors = spec().commandLine().getErr();
        errors.println("millrace demo: stopped before its end; nothing is left behind");
        errors.flush();
        return STOPPED;
    }

    private int run(DemoOptions options) throws IOException, ApiException, InterruptedException {
        PrintWriter output = spec().commandLine().getOut();
        var style = Style.of(shell.environment(), isWatched());
        long startNanos = System.nanoTime();
        try (var cleanup = Cleanup.withHook()) {
            DemoFolder demoFolder = cleanup.add(DemoFolder.create(shell.environment(), keep));
            var progress = new Progress();
            DemoView view = cleanup.add(view(output, progress, style));
            view.event(style.bold("Jobs: the SHA-256 of files. Workers and the broker get killed."));
            Demo.Outcome outcome = new Demo(options, main, demoFolder, view, progress, cleanup).run();
            view.close();
            return report(outcome, options, style, Duration.ofNanos(System.nanoTime() - startNanos), demoFolder);
        }
    }

    private DemoOptions options() {
        if (files < 1 || files > FILES_MAX || workers < 1 || workers > WORKERS_MAX) {
            throw new ParameterException(
                    spec().commandLine(), "--files is 1 to " + FILES_MAX + ", --workers 1 to " + WORKERS_MAX);
        }
        if (folder != null && !Files.isDirectory(folder)) {
            throw new ParameterException(spec().commandLine(), "--folder: " + folder + " is no directory");
        }
        List<Path> folders = folder == null
                ? List.of(Path.of("/usr"), Path.of("/"))
                : List.of(folder.toAbsolutePath().normalize());
        return new DemoOptions(folders, files, FILE_BYTES_MAX, workers, brokerFlags(), keep);
    }

    private List<String> brokerFlags() {
        List<String> flags = new ArrayList<>();
        if (storage != null) {
            flags.addAll(List.of("--storage", storage));
        }
        if (zooKeeper != null) {
            // What is stored there already is not the demo's.
            String root = "/millrace/demo-" + System.currentTimeMillis();
            flags.addAll(List.of("--zookeeper", zooKeeper, "--set", "storage.bookkeeper.root=" + root));
        }
        return flags;
    }

    private boolean isWatched() {
        return shell.terminal().output()
                && shell.terminal().styled()
                && shell.terminal().columns() >= COLUMNS_MIN;
    }

    private DemoView view(PrintWriter output, Progress progress, Style style) {
        return isWatched()
                ? new TerminalView(
                                output,
                                progress,
                                new Screen(style, shell.terminal().columns()),
                                style)
                        .start()
                : new PlainView(output, progress).start();
    }

    private int report(Demo.Outcome outcome, DemoOptions options, Style style, Duration time, DemoFolder demoFolder) {
        PrintWriter output = spec().commandLine().getOut();
        AccountText.lines(outcome.account(), outcome.verification(), style).forEach(output::println);
        outcome.account().faults().forEach(each -> output.println(style.bad("   wrong: " + each)));
        outcome.verification().wrong().forEach(each -> output.println(style.bad("   wrong checksum: " + each)));
        boolean isRight = outcome.account().isRight() && outcome.verification().count(Comparison.WRONG) == 0;
        output.println(
                isRight
                        ? style.good(" Nothing was lost, with " + outcome.workersKilled() + " workers and "
                                + outcome.brokersKilled() + " brokers killed, in " + Numbers.time(time) + ".")
                        : style.bad(" The account is not right."));
        if (keep) {
            List<String> flags =
                    new ArrayList<>(List.of("--data", demoFolder.data().toString()));
            flags.addAll(options.storage());
            output.println(" Kept: " + demoFolder.path() + "; look around with 'millrace serve "
                    + String.join(" ", flags) + "'.");
        }
        output.flush();
        return isRight ? 0 : CommandFrame.FAILED;
    }

    private CommandSpec spec() {
        return Objects.requireNonNull(spec, "set by picocli");
    }
}
