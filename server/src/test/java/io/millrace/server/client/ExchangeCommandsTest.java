package io.millrace.server.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code millrace exchange}, and publishing to exchanges, against a real broker. */
class ExchangeCommandsTest {
    @TempDir
    static Path directory;

    private static LiveBroker broker;

    @BeforeAll
    static void start() throws Exception {
        broker = LiveBroker.on(directory.resolve("data"));
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    private static CommandRun succeed(String... arguments) {
        return fail(0, arguments);
    }

    private static CommandRun fail(int status, String... arguments) {
        CommandRun run = CommandRun.at(broker.url());
        assertThat(run.run(arguments))
                .as("%s: %s", List.of(arguments), run.errors())
                .isEqualTo(status);
        return run;
    }

    @Test
    void anExchangeIsMadeListedAndRemoved() {
        assertThat(succeed("exchange", "create", "made-events", "--type", "topic", "--alternate", "made-rest")
                        .output())
                .isEqualTo("exchange made-events is there\n");
        succeed("exchange", "create", "made-events", "--type", "topic");
        succeed("exchange", "create", "made-shares", "--type", "consistent-hash", "--hash-header", "a", "--internal");
        assertThat(fail(1, "exchange", "create", "made-events", "--type", "fanout")
                        .errors())
                .contains("exists with other settings");
        assertThat(fail(1, "exchange", "create", "made-other", "--hash-property", "key")
                        .errors())
                .contains("consistent-hash");

        assertThat(succeed("exchange", "list", "--prefix", "made").lines())
                .containsExactly(
                        "EXCHANGE                TYPE  BINDINGS  ALTERNATE",
                        "made-events            topic         0  made-rest",
                        "made-shares  consistent-hash         0          -");
        assertThat(succeed("exchange", "list", "--names", "--prefix", "made").lines())
                .containsExactly("made-events", "made-shares");
        assertThat(succeed("exchange", "list", "--json", "--prefix", "made-s").output())
                .contains("\"hashHeader\":\"a\"", "\"internal\":true");
        assertThat(succeed("exchange", "delete", "made-shares").output()).isEqualTo("exchange made-shares is gone\n");
        assertThat(fail(1, "exchange", "delete", "made-shares").errors()).contains("there is no exchange made-shares");
    }

    @Test
    void bindingsAreMadeListedAndRemoved() {
        succeed("exchange", "create", "bound", "--type", "headers");
        succeed("queue", "create", "bound-queue");
        String[] bind = {
            "exchange",
            "bind",
            "bound",
            "--queue",
            "bound-queue",
            "--key",
            "k",
            "--arguments",
            "{\"n\":1}",
            "--filter",
            "{\"a\":[true]}"
        };
        assertThat(succeed(bind).output()).isEqualTo("exchange bound leads to queue bound-queue\n");
        succeed(bind);
        succeed("exchange", "bind", "bound", "--to", "bound");

        assertThat(succeed("exchange", "bindings", "bound").lines())
                .containsExactly(
                        "TO                 KEY  ARGUMENTS        FILTER",
                        "queue bound-queue    k    {\"n\":1}  {\"a\":[true]}",
                        "exchange bound                  -             -");
        assertThat(succeed("exchange", "bindings", "bound", "--json").lines()).hasSize(2);
        assertThat(fail(1, "exchange", "delete", "bound", "--if-unused").errors())
                .contains("has bindings");
        assertThat(fail(2, "exchange", "bind", "bound").errors()).contains("--queue, --topic or --to");
        assertThat(fail(2, "exchange", "bind", "bound", "--queue", "q", "--filter", "{")
                        .errors())
                .contains("--filter is not well-formed JSON");
        assertThat(fail(1, "exchange", "bind", "bound", "--queue", "q", "--filter", "{\"a\":1}")
                        .errors())
                .contains("filter.a is not an array of conditions");

        bind[1] = "unbind";
        succeed(bind);
        succeed("exchange", "unbind", "bound", "--to", "bound");
        assertThat(fail(1, bind).errors()).contains("no such binding");
        succeed("exchange", "delete", "bound", "--if-unused");
    }

    @Test
    void linesArePublishedToAnExchange() {
        succeed("exchange", "create", "lines", "--type", "topic");
        succeed("queue", "create", "lines-a");
        succeed("queue", "create", "lines-b");
        succeed("exchange", "bind", "lines", "--queue", "lines-a", "--key", "a.#");
        succeed("exchange", "bind", "lines", "--queue", "lines-b", "--key", "#.b");

        assertThat(succeed("publish", "--exchange", "lines", "--routing-key", "a.b", "-m", "x", "-m", "y")
                        .output())
                .startsWith("published 2 messages (2 B) to lines in");
        assertThat(succeed("publish", "--exchange", "lines", "--routing-key", "a", "-m", "z", "--deduplication-id", "1")
                        .output())
                .startsWith("published 1 message");
        assertThat(succeed("publish", "--exchange", "lines", "--routing-key", "a", "-m", "z", "--deduplication-id", "1")
                        .output())
                .contains(", 1 stored before");
        CommandRun lost = fail(1, "publish", "--exchange", "lines", "-m", "lost");
        assertThat(lost.output()).startsWith("published 0 messages");
        assertThat(lost.errors()).contains("no binding of exchange lines took 1 message, which are stored nowhere");

        assertThat(succeed("queue", "peek", "lines-a").lines()).containsExactly("x", "y", "z");
        assertThat(succeed("queue", "peek", "lines-b").lines()).containsExactly("x", "y");
    }

    @Test
    void whereToPublishIsSaidOnce() {
        for (String[] arguments : new String[][] {
            {"publish", "-m", "x"},
            {"publish", "q", "--exchange", "x", "-m", "x"},
            {"publish", "q", "--routing-key", "x", "-m", "x"},
            {"publish", "--routing-key", "x", "-m", "x"}
        }) {
            assertThat(fail(2, arguments).errors()).contains("say where to publish");
        }
        assertThat(fail(1, "publish", "--exchange", "nowhere", "-m", "x").errors())
                .contains("there is no exchange");
    }
}
