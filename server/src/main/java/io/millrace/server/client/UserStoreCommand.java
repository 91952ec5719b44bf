package io.millrace.server.client;

import io.millrace.server.config.ConfigurationException;
import io.millrace.server.config.Settings;
import io.millrace.server.config.SettingsLoader;
import io.millrace.server.process.StartException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** A command that works on users, wherever they are kept. */
abstract class UserStoreCommand extends ClientCommand {
    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Work on this data directory instead, which no broker uses at the moment.")
    private @Nullable Path data;

    @Option(names = "--config", paramLabel = "FILE", description = "With --data: the configuration of its broker.")
    private @Nullable Path config;

    UserStoreCommand(Shell shell) {
        super(shell);
    }

    /** Does what the command is for. */
    abstract void run(UserStore users) throws ApiException, InterruptedException;

    @Override
    final int run() throws ApiException, InterruptedException, ConfigurationException, StartException {
        try (UserStore users = open()) {
            run(users);
        }
        return 0;
    }

    private UserStore open() throws ConfigurationException, StartException {
        if (data == null) {
            if (config != null) {
                throw misuse("--config goes with --data; a running broker has read its configuration");
            }
            return new HttpUsers(connect(Optional.empty()));
        }
        if (namesServer()) {
            throw misuse(
                    "--server is a running broker, --data the directory of one that does not run: give one of them");
        }
        return openOffline(data);
    }

    private UserStore openOffline(Path directory) throws ConfigurationException, StartException {
        var loader =
                new SettingsLoader(shell().environment(), Runtime.getRuntime().maxMemory());
        if (config != null) {
            loader.file(config);
        }
        Settings settings = loader.dataDirectory(directory.toString()).load();
        boolean isNew = Files.notExists(directory);
        OfflineBroker broker = OfflineBroker.open(settings);
        if (isNew) {
            errors().println("there was no data directory " + directory + ", so it was made");
        }
        return new OfflineUsers(broker);
    }
}
