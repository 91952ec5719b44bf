package io.millrace.server.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code millrace user}, through a running broker and on the directory of one that does not run. */
class UserCommandsTest {
    @TempDir
    Path directory;

    private LiveBroker broker;

    @AfterEach
    void stop() {
        if (broker != null) {
            broker.close();
        }
    }

    @Test
    void theFirstUserIsMadeWhileNoBrokerRunsAndLogsInWhenItDoes() throws Exception {
        CommandRun set = offline().input("pw\n");
        assertThat(set.run(data("user", "set", "root", "--password-stdin")))
                .as(set.errors())
                .isZero();
        assertThat(set.lines()).contains("user             root", "administrator    yes", "password         set");
        assertThat(set.errors()).isEqualTo("there was no data directory " + data() + ", so it was made\n");

        broker = LiveBroker.on(data());
        CommandRun stranger = CommandRun.at(broker.url());
        assertThat(stranger.run("queue", "list")).isEqualTo(1);
        assertThat(stranger.errors()).contains("--user NAME");
        assertThat(as("root", "wrong").run("queue", "list")).isEqualTo(1);
        assertThat(as("root", "pw").run("queue", "create", "q")).isZero();
    }

    /** Nothing tells this command whether a broker serves the store, which would lose it. */
    @Test
    void usersOnBookKeeperAreChangedThroughTheRunningBrokerOnly() throws Exception {
        Path config = directory.resolve("millrace.yaml");
        Files.writeString(config, "storage:\n  kind: bookkeeper\n  bookkeeper.zookeeper: 127.0.0.1:1\n");
        CommandRun list = offline();

        assertThat(list.run(data("user", "list", "--config", config.toString())))
                .isEqualTo(1);
        assertThat(list.errors()).contains("changed through its running broker");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void usersAreMadeListedShownAndRemoved(boolean isRunning) throws Exception {
        if (isRunning) {
            broker = LiveBroker.on(data());
        }
        run(0, "user", "set", "boss", "--password-stdin");
        run(0, "user", "set", "ada", "--password-stdin", "--allow", "publish,consume=orders-*", "--deny", "*=secret");
        run(0, "user", "set", "bob", "--administrator");
        run(0, "user", "set", "bob", "--no-administrator");

        assertThat(run(0, "user", "show", "ada").lines())
                .contains(
                        "user             ada",
                        "space            root",
                        "administrator    no",
                        "password         set",
                        "allow            publish, consume on queue orders-* in space root")
                .anyMatch(line ->
                        line.startsWith("deny ") && line.endsWith("peek, administer on queue secret in space root"));
        assertThat(run(0, "user", "list").lines())
                .contains(
                        "USER  SPACE  ADMINISTRATOR  PASSWORD  ACCESS KEYS  STATEMENTS",
                        "ada    root             no       yes            0           2");
        assertThat(run(0, "user", "list", "--json").output()).doesNotContain("pbkdf2", "scram");
        assertThat(run(0, "user", "delete", "ada").output()).isEqualTo("user ada is gone\n");
        assertThat(run(1, "user", "show", "ada").errors()).contains("there is no user ada");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anAccessKeyIsShownOnceAndRemoved(boolean isRunning) throws Exception {
        if (isRunning) {
            broker = LiveBroker.on(data());
        }
        run(0, "user", "set", "boss", "--administrator", "--password-stdin");
        run(0, "user", "set", "ada", "--administrator");
        List<String> key = run(0, "user", "key", "create", "ada").lines();
        assertThat(key).hasSize(2);
        String id = key.get(0).replaceFirst("^id +", "");
        String secret = key.get(1).replaceFirst("^secret +", "");
        assertThat(id).startsWith("MLRC");
        assertThat(secret).hasSize(40);
        assertThat(run(0, "user", "show", "ada", "--json").output())
                .contains(id)
                .doesNotContain(secret);

        if (!isRunning) {
            broker = LiveBroker.on(data());
        }
        assertThat(as(id, secret).run("user", "key", "delete", "ada", id)).isZero();
        assertThat(as(id, secret).run("user", "list")).isEqualTo(1);
    }

    @Test
    void aDirectoryThatABrokerUsesIsRefused() throws Exception {
        broker = LiveBroker.on(data());
        CommandRun run = offline();

        assertThat(run.run(data("user", "list"))).isEqualTo(1);
        assertThat(run.errors()).contains("is in use by");
    }

    @Test
    void aPasswordIsTypedUnseenWhereSomebodyTypes() throws Exception {
        CommandRun run = offline().typing("typed");
        assertThat(run.run(data("user", "set", "ada", "--password-stdin"))).isZero();

        broker = LiveBroker.on(data());
        assertThat(as("ada", "typed").run("queue", "list")).isZero();
    }

    @Test
    void whatCannotBeAUserIsRefusedInWords() {
        CommandRun empty = offline();
        assertThat(empty.run(data("user", "set", "ada", "--password-stdin"))).isEqualTo(2);
        assertThat(empty.errors()).contains("the password on standard input is empty");

        CommandRun permission = offline();
        assertThat(permission.run(data("user", "set", "ada", "--allow", "fly=x")))
                .isEqualTo(2);
        assertThat(permission.errors()).contains("'fly' is none of create, ");

        CommandRun space = offline();
        assertThat(space.run(data("user", "set", "ada", "--space", "nowhere"))).isEqualTo(1);
        assertThat(space.errors()).contains("there is no space nowhere");

        CommandRun name = offline();
        assertThat(name.run(data("user", "set", "..", "--administrator"))).isEqualTo(1);
        assertThat(name.errors()).contains("user name is a dot segment");
    }

    @Test
    void thePlaceIsEitherABrokerOrADirectory() {
        assertThat(offline().run(data("user", "list", "--server", "http://127.0.0.1:1")))
                .isEqualTo(2);
        assertThat(offline().run("user", "list", "--config", "x.yaml")).isEqualTo(2);
    }

    @Test
    void theConfigurationOfTheBrokerCounts() throws Exception {
        Path config = Files.writeString(directory.resolve("broker.yaml"), "storage.shard: 2\n");
        CommandRun run = offline();

        assertThat(run.run(data("user", "list", "--config", config.toString()))).isEqualTo(2);
        assertThat(run.errors()).contains("there is no key 'storage.shard'");
    }

    private Path data() {
        return directory.resolve("data");
    }

    private String[] data(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--data", data().toString()));
        return all.toArray(String[]::new);
    }

    /** A run that finds the broker's settings, and would find no broker. */
    private static CommandRun offline() {
        return CommandRun.at("http://127.0.0.1:1")
                .with("MILLRACE_STORAGE_SHARDS", "4")
                .with("MILLRACE_STORAGE_JOURNAL_FILE_BYTES", "4MiB");
    }

    private CommandRun as(String user, String password) {
        return CommandRun.at(broker.url()).with(ServerOptions.USER, user).with(ServerOptions.PASSWORD, password);
    }

    /** Runs a command with the broker, as its administrator, or on the directory where none runs. */
    private CommandRun run(int status, String... arguments) {
        CommandRun run = (broker == null ? offline() : as("boss", "pw")).input("pw\n");
        assertThat(run.run(broker == null ? data(arguments) : arguments))
                .as("%s: %s", List.of(arguments), run.errors())
                .isEqualTo(status);
        return run;
    }
}
