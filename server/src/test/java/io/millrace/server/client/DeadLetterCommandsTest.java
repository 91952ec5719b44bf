package io.millrace.server.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Dead letters on the command line: their settings, a look at them, and {@code millrace queue redrive}. */
class DeadLetterCommandsTest {
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

    /** Makes {@code queue} with dead letters in {@code queue}-dead, and has each of {@code bodies} die there. */
    private static void kill(String queue, String... bodies) {
        run(0, "queue", "create", queue + "-dead");
        run(0, "queue", "create", queue, "--dead-letter-queue", queue + "-dead", "--deliveries-max", "1");
        for (String each : bodies) {
            run(0, "publish", queue, "-m", each, "--key", each);
        }
        run(0, "consume", queue, "--max", Integer.toString(bodies.length), "--exec", "exit 7", "--retry-delay", "0s");
        await().until(() -> peek(queue + "-dead").size() == bodies.length);
    }

    private static List<String> peek(String queue, String... options) {
        String[] arguments = new String[3 + options.length];
        arguments[0] = "queue";
        arguments[1] = "peek";
        arguments[2] = queue;
        System.arraycopy(options, 0, arguments, 3, options.length);
        return run(0, arguments).lines();
    }

    @Test
    void settingsAreMadeChangedAndTakenAway() {
        run(0, "queue", "create", "set-dead");
        run(
                0,
                "queue",
                "create",
                "set",
                "--dead-letter-queue",
                "set-dead",
                "--deliveries-max",
                "5",
                "--no-dead-letter-expired");
        assertThat(run(0, "queue", "show", "set").lines())
                .contains(
                        "deadLetterQueue     set-dead",
                        "deliveriesMax       5",
                        "deadLetterExpired   false",
                        "dead                0",
                        "deadLetters         0");
        assertThat(run(0, "queue", "set", "set", "--dead-letter-expired", "--deliveries-max", "0")
                        .lines())
                .contains("deliveriesMax       0", "deadLetterExpired   true");
        assertThat(run(1, "queue", "delete", "set-dead").errors()).contains("dead letters of queue set go to");
        assertThat(run(1, "queue", "set", "set-dead", "--dead-letter-queue", "set")
                        .errors())
                .contains("leads back to queue set-dead");

        assertThat(run(0, "queue", "set", "set", "--dead-letter-queue", "").lines())
                .noneMatch(line -> line.startsWith("deadLetterQueue"));
        assertThat(run(1, "queue", "set", "set", "--deliveries-max", "5").errors())
                .contains("needs a deadLetterQueue");
    }

    @Test
    void aLookShowsWhyTheyAreThere() {
        kill("looked", "one");

        assertThat(String.join("\n", peek("looked-dead", "--deaths")))
                .matches("one\n  message \\d+-\\d+, ready\n  queue looked: delivered as often as is allowed"
                        + " at \\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z after 1 delivery: exit status 7");
        assertThat(peek("looked-dead", "--state", "ready")).containsExactly("one");
        assertThat(peek("looked-dead", "--state", "dead")).isEmpty();
        assertThat(run(1, "queue", "peek", "looked-dead", "--state", "gone").errors())
                .contains("ready, leased, delayed, dead, damaged");
        run(2, "queue", "peek", "looked-dead", "--deaths", "--json");
    }

    @Test
    void theyGoBackOrElsewhere() {
        kill("back", "one", "two", "three", "four");
        run(0, "queue", "create", "aside");

        assertThat(run(0, "queue", "redrive", "back-dead", "--filter", "millrace.key = 'two'", "--to", "aside")
                        .output())
                .isEqualTo("moved 1 message\n");
        assertThat(peek("aside")).containsExactly("two");
        String id = run(0, "queue", "peek", "back-dead", "--deaths")
                .lines()
                .get(1)
                .replaceAll(" *message ([0-9-]+),.*", "$1");
        assertThat(run(0, "queue", "redrive", "back-dead", "--message", id).output())
                .isEqualTo("moved 1 message\n");
        assertThat(peek("back")).containsExactly("one");
        run(0, "publish", "back-dead", "-m", "stranger");
        assertThat(run(0, "queue", "redrive", "back-dead").output()).isEqualTo("moved 2 messages, passed over 1\n");
        assertThat(peek("back")).containsExactly("one", "three", "four");
        assertThat(run(0, "queue", "redrive", "back-dead", "--list").lines())
                .hasSize(4)
                .element(1)
                .asString()
                .matches("\\d+ +done +2 +1 +0 +3 +origin");
        assertThat(run(1, "queue", "redrive", "back-dead", "--to", "nowhere").errors())
                .contains("there is no queue nowhere");
        run(2, "queue", "redrive", "back-dead", "--list", "--cancel");
        run(2, "queue", "redrive", "back-dead", "--cancel", "--rate", "5");
    }

    @Test
    void theyGoToATopicOrAreSentToOne() {
        run(0, "topic", "create", "letters", "--partitions", "1");
        kill("moved", "one");
        assertThat(run(0, "queue", "redrive", "moved-dead", "--to-topic", "letters")
                        .output())
                .isEqualTo("moved 1 message\n");
        assertThat(run(0, "queue", "redrive", "moved-dead", "--list").lines())
                .element(1)
                .asString()
                .endsWith("topic letters");
        assertThat(run(0, "queue", "set", "moved", "--dead-letter-topic", "letters")
                        .lines())
                .contains("deadLetterTopic     letters")
                .noneMatch(line -> line.startsWith("deadLetterQueue"));
        run(0, "publish", "moved", "-m", "two");
        run(0, "consume", "moved", "--max", "1", "--exec", "exit 7", "--retry-delay", "0s");

        await().until(() -> run(0, "read", "letters").lines().equals(List.of("one", "two")));
        assertThat(String.join(
                        "\n",
                        run(0, "read", "letters", "--deaths", "--from", "1").lines()))
                .matches("two\n  message \\d+-\\d+\n  queue moved: delivered as often as is allowed"
                        + " at \\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z after 1 delivery: exit status 7");
        run(2, "read", "letters", "--deaths", "--json");
        assertThat(run(1, "topic", "delete", "letters", "--force").errors())
                .contains("the dead letters of queue moved go to topic letters");
        run(0, "topic", "create", "followed", "--partitions", "1");
        run(0, "subscription", "create", "followed", "s", "--dead-letter-topic", "letters");
        assertThat(run(0, "subscription", "show", "followed", "s").lines()).contains("deadLetterTopic     letters");
    }

    @Test
    void oneThatWasBegunIsCancelled() {
        kill("slow", "one", "two", "three");

        assertThat(run(0, "queue", "redrive", "slow-dead", "--rate", "1", "--detach")
                        .output())
                .matches("redrive \\d+ of queue slow-dead has begun\n");
        assertThat(run(0, "queue", "redrive", "slow-dead", "--cancel").output()).startsWith("moved ");
        assertThat(run(1, "queue", "redrive", "slow-dead", "--cancel").errors())
                .isEqualTo("no redrive of queue slow-dead is under way\n");
        assertThat(peek("slow-dead").size() + peek("slow").size()).isEqualTo(3);
    }

    @Test
    void aSignalCancelsWhatItWaitsFor() throws Exception {
        kill("watched", "one", "two", "three");
        CommandRun run = CommandRun.at(broker.url());
        var status = run.start("queue", "redrive", "watched-dead", "--rate", "1");
        run.signal("SIGINT");

        assertThat(status.get()).isEqualTo(1);
        assertThat(run.output()).startsWith("moved ");
        assertThat(run.errors())
                .isEqualTo("the redrive of queue watched-dead was cancelled; what was moved stays moved\n");
    }

    private static CommandRun run(int status, String... arguments) {
        CommandRun run = CommandRun.at(broker.url());
        assertThat(run.run(arguments))
                .as("%s: %s", List.of(arguments), run.errors())
                .isEqualTo(status);
        return run;
    }
}
