package io.millrace.server.command;

import io.millrace.server.config.ConfigurationException;
import io.millrace.server.config.DoorSettings;
import io.millrace.server.config.HostPort;
import io.millrace.server.config.Settings;
import io.millrace.server.config.SettingsLoader;
import io.millrace.server.config.StorageKind;
import io.millrace.server.logging.Logging;
import io.millrace.server.process.BrokerProcess;
import io.millrace.server.process.BrokerStarter;
import io.millrace.server.process.EndOfInput;
import io.millrace.server.process.FailureReason;
import io.millrace.server.process.StartException;
import io.millrace.server.process.StopSignals;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code millrace serve}: runs a broker until it is told to end. */
@Command(
        name = "serve",
        header = "Start a broker and run it until SIGTERM or Ctrl-C.",
        description = {
            "",
            "Prints where each door listens once all of them answer; logs go to standard",
            "error. As it comes, it listens on this machine only and admits everybody.",
            "Before it listens elsewhere, make a user."
        },
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n"
                + "  millrace serve%n"
                + "  millrace serve --data /var/lib/millrace --config /etc/millrace.yaml%n"
                + "  millrace serve --set doors.http.port=9080 --set log.level=debug%n"
                + "  millrace serve --storage bookkeeper --zookeeper zk1:2181,zk2:2181,zk3:2181%n"
                + "  millrace serve --data /tmp/try --free-ports --ready-file /tmp/ready.json%n")
public final class ServeCommand implements Callable<Integer> {
    private final BrokerStarter starter;
    private final CompletableFuture<String> stop = new CompletableFuture<>();

    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "The data directory (key data.directory; default: millrace-data here).")
    private @Nullable String data;

    @Option(
            names = "--storage",
            paramLabel = "KIND",
            description = "Where what is stored is kept: local or bookkeeper (key storage.kind).")
    private @Nullable String storage;

    @Option(
            names = "--zookeeper",
            paramLabel = "SERVERS",
            description = "With --storage bookkeeper: host:port,... (key storage.bookkeeper.zookeeper).")
    private @Nullable String zooKeeper;

    @Option(names = "--config", paramLabel = "FILE", description = "A YAML file with keys, see below.")
    private @Nullable Path config;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Set one key; may be given several times, the later one wins.")
    private List<String> assignments = List.of();

    @Option(names = "--free-ports", description = "Open every door on a free port of 127.0.0.1, whatever the keys say.")
    private boolean freePorts;

    @Option(
            names = "--ready-file",
            paramLabel = "FILE",
            description = "Write where the doors are, as JSON, once all of them answer; removed at the end.")
    private @Nullable Path readyFile;

    @Option(
            names = "--end-with-input",
            hidden = true,
            description = "End when standard input does: for a program whose broker must not outlive it.")
    private boolean endWithInput;

    private ServeCommand(BrokerStarter starter) {
        this.starter = starter;
    }

    /** The command, for a broker that {@code starter} puts together. */
    public static CommandLine with(BrokerStarter starter) {
        var line = new CommandLine(new ServeCommand(starter));
        line.getCommandSpec().usageMessage().footer(KeyHelp.lines());
        return line;
    }

    @Override
    public Integer call() throws ConfigurationException, StartException {
        Settings settings = settings();
        try (Logging logging = Logging.start(
                settings.log().format(), settings.log().level(), new FileOutputStream(FileDescriptor.err))) {
            StopSignals.handle(stop::complete);
            if (endWithInput) {
                EndOfInput.await(() -> stop.complete("standard input has ended"));
            }
            var process = new BrokerProcess(
                    starter,
                    stop,
                    doors -> announce(settings, doors),
                    Optional.ofNullable(readyFile),
                    ServeCommand::endNow);
            Optional<Throwable> failure = process.run(settings, logging.levels());
            if (failure.isPresent()) {
                throw new CommandFailure(
                        "the broker ended because it could not go on: " + FailureReason.of(failure.get()),
                        failure.get());
            }
        }
        return 0;
    }

    private Settings settings() throws ConfigurationException {
        var loader = new SettingsLoader(System.getenv(), Runtime.getRuntime().maxMemory());
        if (config != null) {
            loader.file(config);
        }
        if (data != null) {
            loader.dataDirectory(data);
        }
        if (storage != null) {
            loader.storage(storage);
        }
        if (zooKeeper != null) {
            loader.zooKeeper(zooKeeper);
        }
        assignments.forEach(loader::set);
        Settings settings = loader.load();
        return freePorts ? settings.onFreePorts() : settings;
    }

    private void announce(Settings settings, Map<String, HostPort> doors) {
        PrintWriter output =
                Objects.requireNonNull(spec, "set by picocli").commandLine().getOut();
        output.println("Millrace " + Version.number() + ", data " + place(settings));
        for (DoorSettings door : settings.doors().values()) {
            HostPort address = doors.get(door.name());
            if (address != null) {
                output.printf("  %-12s %s%s%n", door.name(), address, described(door));
            }
        }
        output.println("Ready. Ctrl-C or SIGTERM ends it in order.");
        output.flush();
    }

    private static String place(Settings settings) {
        Settings.BookKeeper cluster = settings.storage().bookKeeper();
        return settings.storage().kind() == StorageKind.LOCAL
                ? "in " + settings.dataDirectory().toAbsolutePath().normalize()
                : "on BookKeeper, ZooKeeper at " + cluster.zooKeeper().orElse("?") + cluster.root();
    }

    private static String described(DoorSettings door) {
        return (door.tls().isPresent() ? ", TLS only" : "")
                + door.advertise().map(address -> ", advertised as " + address).orElse("");
    }

    /** Does not run shutdown hooks, one of which may be what hangs. */
    private static void endNow() {
        System.err.println("millrace serve: the orderly end took longer than shutdown.timeout; ending without it");
        Runtime.getRuntime().halt(CommandFrame.FAILED);
    }
}
