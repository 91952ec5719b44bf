package io.millrace.server.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Consumers that are attached to a queue, and pauses, on the command line against a real broker. */
class ConsumerCommandsTest {
    private static final String NONE = "CONSUMER  OWNER  PRIORITY  GETS  LEASED  SINCE";

    @TempDir
    Path directory;

    private LiveBroker broker;

    @BeforeEach
    void start() throws Exception {
        broker = LiveBroker.on(directory.resolve("data"));
        succeed("queue", "create", "q");
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    private CommandRun succeed(String... arguments) {
        CommandRun run = CommandRun.at(broker.url());
        assertThat(run.run(arguments)).as(run.errors()).isZero();
        return run;
    }

    private void publish(String text) {
        succeed("publish", "q", "-m", text);
    }

    private String consumers() {
        return succeed("queue", "consumers", "q").output();
    }

    private void awaitConsumers(String... each) {
        await().until(() -> {
            String[] lines = consumers().lines().skip(1).toArray(String[]::new);
            boolean isRight = lines.length == each.length;
            for (int i = 0; isRight && i < lines.length; i++) {
                isRight = lines[i].matches("[0-9a-f]+ +anonymous +" + each[i] + " +\\S+Z");
            }
            return isRight;
        });
    }

    @Test
    void anExclusiveConsumerIsAloneAsLongAsItRuns() {
        CommandRun alone = CommandRun.at(broker.url());
        CompletableFuture<Integer> status = alone.start("consume", "q", "--exclusive");
        awaitConsumers("0 +all +0");

        CommandRun other = CommandRun.at(broker.url());
        assertThat(other.run("consume", "q", "--wait", "0s")).isEqualTo(1);
        assertThat(other.errors()).contains("queue q has an exclusive consumer");
        alone.signal("SIGINT");

        assertThat(status.join()).isZero();
        assertThat(consumers()).isEqualTo(NONE + "\n");
        publish("one");
        assertThat(succeed("consume", "q", "--wait", "0s").lines()).containsExactly("one");
    }

    @Test
    void aSelectorGetsOnlyWhatItSelects() {
        succeed("publish", "q", "-m", "one", "--header", "color=red");
        succeed("publish", "q", "-m", "two", "--header", "color=blue");

        CommandRun red = succeed("consume", "q", "--wait", "0s", "--selector", "color = 'red'");
        assertThat(red.lines()).containsExactly("one");
        CommandRun wrong = CommandRun.at(broker.url());
        assertThat(wrong.run("consume", "q", "--wait", "0s", "--selector", "color ="))
                .isEqualTo(1);
        assertThat(wrong.errors()).contains("selector is wrong at character 8");

        CommandRun attached = succeed("consume", "q", "--wait", "0s", "--exclusive", "--selector", "color <> 'red'");
        assertThat(attached.lines()).containsExactly("two");
    }

    @Test
    void aPriorityIsServedFirst() {
        CommandRun low = CommandRun.at(broker.url());
        CompletableFuture<Integer> ofLow = low.start("consume", "q", "--max", "1", "--priority", "-3");
        awaitConsumers("-3 +messages +0");
        CommandRun high = CommandRun.at(broker.url());
        CompletableFuture<Integer> ofHigh =
                high.start("consume", "q", "--max", "1", "--priority", "3", "--exec", "cat");
        await().until(() -> succeed("queue", "show", "q").output().matches("(?s).*waitingReceives +2\n.*"));

        publish("one");
        assertThat(ofHigh.join()).isZero();
        assertThat(ofLow).isNotDone();
        publish("two");

        assertThat(ofLow.join()).isZero();
        assertThat(low.lines()).containsExactly("two");
        assertThat(consumers()).isEqualTo(NONE + "\n");
    }

    @Test
    void consumersOfAQueueWithASingleActiveOneTakeTurns() {
        succeed("queue", "set", "q", "--single-active-consumer");
        CommandRun first = CommandRun.at(broker.url());
        CompletableFuture<Integer> ofFirst = first.start("consume", "q", "--max", "1");
        awaitConsumers("0 +messages +0");
        CommandRun second = CommandRun.at(broker.url());
        CompletableFuture<Integer> ofSecond = second.start("consume", "q", "--max", "1");
        awaitConsumers("0 +messages +0", "0 +nothing yet +0");

        publish("one");
        assertThat(ofFirst.join()).isZero();
        publish("two");

        assertThat(ofSecond.join()).isZero();
        assertThat(first.lines()).containsExactly("one");
        assertThat(second.lines()).containsExactly("two");
    }

    @Test
    void aConsumerIsAttachedAgainWhenItsBrokerIsBack() throws Exception {
        CommandRun run = CommandRun.at(broker.url());
        CompletableFuture<Integer> status = run.start("consume", "q", "--exclusive", "--max", "1");
        awaitConsumers("0 +all +0");

        broker.stop();
        broker.startAgain();
        awaitConsumers("0 +all +0");
        publish("one");

        assertThat(status.join()).isZero();
        assertThat(run.lines()).containsExactly("one");
    }

    @Test
    void aPausedQueueDeliversAgainWhenItIsResumed() {
        assertThat(succeed("queue", "pause", "q").output()).isEqualTo("queue q is paused until it is resumed\n");
        publish("one");
        succeed("queue", "create", "another");
        assertThat(succeed("consume", "q", "--wait", "0s").output()).isEmpty();
        assertThat(succeed("queue", "show", "q").lines()).contains("paused              until it is resumed");
        assertThat(succeed("queue", "list").lines())
                .containsExactly(
                        "QUEUE    READY  LEASED  DELAYED  PAUSED",
                        "another      0       0        0",
                        "q            1       0        0  paused");
        CommandRun waiting = CommandRun.at(broker.url());
        CompletableFuture<Integer> status = waiting.start("consume", "q", "--max", "1");

        assertThat(succeed("queue", "resume", "q").output()).isEqualTo("queue q delivers\n");

        assertThat(status.join()).isZero();
        assertThat(waiting.lines()).containsExactly("one");
        assertThat(succeed("queue", "list").lines())
                .containsExactly(
                        "QUEUE    READY  LEASED  DELAYED",
                        "another      0       0        0",
                        "q            0       0        0");
    }

    @Test
    void aPauseForATimeSaysWhenItEnds() {
        assertThat(succeed("queue", "pause", "q", "--for", "10m").output())
                .matches("queue q is paused until 20\\d\\d-\\d\\d-\\d\\dT\\S+Z\n");
        assertThat(CommandRun.at(broker.url()).run("queue", "pause", "q", "--for", "0s"))
                .isEqualTo(1);
    }
}
