package io.millrace.server.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which broker a command talks to, and as whom. */
class ServerOptionsTest {
    @TempDir
    Path directory;

    private ScriptedServer server;

    @BeforeEach
    void open() throws Exception {
        server = ScriptedServer.open((exchange, body) -> {
            var headers = exchange.getRequestHeaders();
            String seen = headers.getFirst("Authorization") + " " + headers.getFirst("Millrace-Space");
            ScriptedServer.json(exchange, 200, "{\"queues\":[{\"name\":\"" + seen + "\"}]}");
        });
    }

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void theOptionWinsOverTheVariable() {
        assertThat(CommandRun.at("http://127.0.0.1:1").run("queue", "list", "--server", server.url()))
                .isZero();
        assertThat(CommandRun.at(server.url()).run("queue", "list")).isZero();
    }

    @Test
    void schemeAndLastSlashMayBeLeftOut() {
        String bare = server.url().substring("http://".length());
        assertThat(CommandRun.at(bare).run("queue", "list")).isZero();
        assertThat(CommandRun.at(server.url() + "/").run("queue", "list")).isZero();
        assertThat(server.requests()).allMatch(each -> each.startsWith("GET /v1/queues?"));
    }

    @Test
    void aBrokerMayBeBehindAPath() {
        assertThat(CommandRun.at(server.url() + "/broker").run("queue", "list")).isZero();
        assertThat(server.requests()).allMatch(each -> each.startsWith("GET /broker/v1/queues?"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "ftp://x", "http://", "http://x y", "http://x?y=z", "http://x#y", "://"})
    void whatIsNoUrlOfABrokerIsMisuse(String url) {
        CommandRun run = CommandRun.at(url);

        assertThat(run.run("queue", "list")).isEqualTo(2);
        assertThat(run.errors()).contains("is not the URL of a broker");
    }

    @Test
    void aPasswordInTheUrlIsRefusedAndNotRepeated() {
        CommandRun run = CommandRun.at("http://ada:secret@127.0.0.1:1");

        assertThat(run.run("queue", "list")).isEqualTo(2);
        assertThat(run.errors()).contains("no place for a password").doesNotContain("secret");
    }

    @Test
    void thePasswordComesFromTheEnvironmentAFileOrTheUser() throws Exception {
        Path file = Files.writeString(directory.resolve("password"), "pw\nmore");

        assertThat(seen(at().with(ServerOptions.USER, "ada").with(ServerOptions.PASSWORD, "pw")))
                .isEqualTo("Basic YWRhOnB3 null");
        assertThat(seen(at(), "--user", "ada", "--password-file", file.toString()))
                .isEqualTo("Basic YWRhOnB3 null");
        assertThat(seen(at().typing("pw"), "--user", "ada")).isEqualTo("Basic YWRhOnB3 null");
        assertThat(seen(at().with(ServerOptions.PASSWORD, "pw"))).isEqualTo("null null");
    }

    @Test
    void aUserWithoutAPasswordIsToldHowToGiveOne() {
        CommandRun run = at();

        assertThat(run.run("queue", "list", "--user", "ada")).isEqualTo(2);
        assertThat(run.errors()).contains("MILLRACE_PASSWORD", "--password-file");
    }

    @Test
    void aPasswordFileThatIsMissingIsNamed() {
        CommandRun run = at();

        assertThat(run.run("queue", "list", "--user", "ada", "--password-file", "/no/such"))
                .isEqualTo(2);
        assertThat(run.errors()).contains("--password-file: /no/such: there is no such file");
    }

    @Test
    void theSpaceTravelsWithTheRequestAndHasToBeAscii() {
        assertThat(seen(at(), "--space", "shop")).isEqualTo("null shop");
        CommandRun run = at();
        assertThat(run.run("queue", "list", "--space", "l\u00e4den")).isEqualTo(2);
        assertThat(run.errors()).contains("--space");
    }

    private CommandRun at() {
        return CommandRun.at(server.url());
    }

    /** What the server saw of the request. */
    private static String seen(CommandRun run, String... options) {
        List<String> arguments = new ArrayList<>(List.of("queue", "list", "--names"));
        arguments.addAll(List.of(options));
        assertThat(run.run(arguments.toArray(String[]::new))).as(run.errors()).isZero();
        return run.lines().get(0);
    }
}
