package io.millrace.server.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Gathers the sources of one start and makes {@link Settings} of them. From low to high: defaults, the file, the
 * environment, flags; among flags the later one wins.
 *
 * <p>Used by one thread.
 */
public final class SettingsLoader {
    private final Map<String, String> environment;
    private final long heapBytesMax;
    private final List<RawSetting> flags = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private @Nullable Path file;

    /**
     * Starts from the defaults.
     *
     * @param environment the variables of the process
     * @param heapBytesMax the most that the heap can grow to, from which some defaults are taken
     */
    public SettingsLoader(Map<String, String> environment, long heapBytesMax) {
        this.environment = environment;
        this.heapBytesMax = heapBytesMax;
    }

    /** Names the YAML file to read. */
    public SettingsLoader file(Path file) {
        this.file = file;
        return this;
    }

    /** Adds what the flag {@code --set} was given: {@code KEY=VALUE}. */
    public SettingsLoader set(String assignment) {
        int equals = assignment.indexOf('=');
        if (equals < 1) {
            problems.add("--set: '" + Shown.of(assignment) + "' is not KEY=VALUE");
        } else {
            flags.add(new RawSetting(assignment.substring(0, equals), assignment.substring(equals + 1), "--set"));
        }
        return this;
    }

    /** Adds the flag {@code --data}, a shorter way to set {@code data.directory}. */
    public SettingsLoader dataDirectory(String directory) {
        flags.add(new RawSetting(Schema.DATA_DIRECTORY.name(), directory, "--data"));
        return this;
    }

    /** Adds the flag {@code --storage}, a shorter way to set {@code storage.kind}. */
    public SettingsLoader storage(String kind) {
        flags.add(new RawSetting(Schema.STORAGE_KIND.name(), kind, "--storage"));
        return this;
    }

    /** Adds the flag {@code --zookeeper}, a shorter way to set {@code storage.bookkeeper.zookeeper}. */
    public SettingsLoader zooKeeper(String servers) {
        flags.add(new RawSetting(BookKeeperKeys.ZOOKEEPER.name(), servers, "--zookeeper"));
        return this;
    }

    /** Reads all sources; every problem of all of them is in the exception. */
    public Settings load() throws ConfigurationException {
        var values = new Values(problems);
        if (file != null) {
            readFile(values, file);
        }
        values.set(EnvironmentVariables.read(environment, problems));
        values.set(flags);
        var assembly = new SettingsAssembly(values, heapBytesMax, problems);
        Settings settings = assembly.assemble();
        if (!problems.isEmpty()) {
            throw new ConfigurationException(problems);
        }
        return settings;
    }

    private void readFile(Values values, Path yaml) {
        try {
            values.set(YamlFile.read(yaml));
        } catch (IllegalArgumentException e) {
            problems.add(e.getMessage());
        }
    }
}
