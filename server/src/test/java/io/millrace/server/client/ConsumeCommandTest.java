package io.millrace.server.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code millrace consume} against a real broker. */
class ConsumeCommandTest {
    @TempDir
    Path directory;

    private LiveBroker broker;

    @BeforeEach
    void start() throws Exception {
        broker = LiveBroker.on(directory.resolve("data"));
        run(0, "queue", "create", "q");
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    @Test
    void messagesArePrintedInOrderAndAcknowledged() {
        publish("one", "two", "three");

        CommandRun run = run(0, "consume", "q", "--wait", "0s");
        assertThat(run.lines()).containsExactly("one", "two", "three");
        assertThat(run.errors()).isEqualTo("3 messages acknowledged\n");
        assertThat(stats()).matches("q +0 +0 +0 +3 +3 +0 +3");
    }

    @Test
    void itEndsAfterEnoughMessagesAndLeavesTheOthers() {
        publish("one", "two", "three");

        assertThat(run(0, "consume", "q", "--max", "2").lines()).containsExactly("one", "two");
        assertThat(stats()).matches("q +1 +0 +0 +3 +2 +0 +2");
    }

    @Test
    void itWaitsForMessagesThatAreStillToCome() throws Exception {
        CommandRun run = CommandRun.at(broker.url());
        var status = run.start("consume", "q", "--max", "1");
        publish("late");

        assertThat(status.get()).isZero();
        assertThat(run.lines()).containsExactly("late");
    }

    @Test
    void jsonHasAllThereIs() throws Exception {
        run(0, "publish", "q", "-m", "x", "--key", "k", "--header", "a=b");

        JsonNode message = new ObjectMapper()
                .readTree(run(0, "consume", "q", "--max", "1", "--json").output());
        assertThat(message.get("body").asText()).isEqualTo("x");
        assertThat(message.get("key").asText()).isEqualTo("k");
        assertThat(message.get("headers").get("a").asText()).isEqualTo("b");
        assertThat(message.get("deliveryCount").asInt()).isEqualTo(1);
    }

    @Test
    void aNulEndsEachMessageIfAsked() {
        publish("a\nb", "c");

        assertThat(run(0, "consume", "q", "--wait", "0s", "--null").output()).isEqualTo("a\nb\0c\0");
    }

    @Test
    void whatTheReaderDidNotTakeGoesBackToTheQueue() {
        publish("one", "two");
        CommandRun run = CommandRun.at(broker.url()).output(new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("the reader has gone");
            }
        });

        assertThat(run.run("consume", "q")).isEqualTo(1);
        assertThat(run.errors()).isEqualTo("0 messages acknowledged, 2 given back\n");
        assertThat(stats()).matches("q +2 +0 +0 +2 +2 +0 +0");
    }

    @Test
    void aSignalEndsTheWait() throws Exception {
        CommandRun run = CommandRun.at(broker.url());
        var status = run.start("consume", "q");
        run.signal("SIGINT");

        assertThat(status.get()).isZero();
        assertThat(run.errors()).isEqualTo("0 messages acknowledged\n");
    }

    @Test
    void aBrokerThatRestartsIsWaitedFor() throws Exception {
        publish("before");
        CommandRun run = CommandRun.at(broker.url());
        var status = run.start("consume", "q", "--max", "2");
        await().until(() -> run.output().equals("before\n"));
        broker.stop();
        await().until(() -> run.errors().contains("trying again: "));
        broker.startAgain();
        publish("after");

        assertThat(status.get()).isZero();
        assertThat(run.lines()).containsExactly("before", "after");
        assertThat(run.errors()).contains("going on").endsWith("2 messages acknowledged\n");
    }

    @Test
    void aBrokerThatIsNotThereAtFirstIsAFailure() {
        broker.stop();
        CommandRun run = CommandRun.at(broker.url());

        assertThat(run.run("consume", "q")).isEqualTo(1);
        assertThat(run.errors())
                .contains(
                        "millrace consume: no broker answers at " + broker.url() + ". Start one with 'millrace serve'");
        startAgain();
    }

    @Test
    void theCommandGetsTheBodyAndItsExitStatusDecides() throws Exception {
        publish("good", "bad");
        Path seen = directory.resolve("seen");
        CommandRun run = run(
                0,
                "consume",
                "q",
                "--max",
                "2",
                "--retry-delay",
                "1h",
                "--exec",
                "read -r body; echo $body >> " + seen + "; test $body = good");

        assertThat(Files.readAllLines(seen)).containsExactlyInAnyOrder("good", "bad");
        assertThat(run.errors())
                .matches("message \\d+-\\d+, delivery 1: exit status 1\n1 message acknowledged, 1 given back\n");
        assertThat(stats()).matches("q +0 +0 +1 +2 +2 +0 +1");
    }

    @Test
    void whatACommandWritesIsPublishedWithTheAcknowledgement() throws Exception {
        run(0, "queue", "create", "r");
        publish("one", "two", "three");

        CommandRun run = run(
                0,
                "consume",
                "q",
                "--max",
                "3",
                "--retry-delay",
                "1h",
                "--exec",
                "read -r body; test $body != three || exit 0; printf \"for $body\"; test $body = one",
                "--publish-to",
                "r");

        assertThat(run.output()).isEmpty();
        assertThat(run.errors()).contains("exit status 1").endsWith("2 messages acknowledged, 1 given back\n");
        assertThat(run(0, "consume", "r", "--wait", "0s").lines()).containsExactly("for one");
        assertThat(stats()).matches("q +0 +0 +1 +3 +3 +0 +2");
    }

    @Test
    void aCommandMayWriteMuchBeforeItHasReadMuch() {
        run(0, "queue", "create", "r");
        String large = "x".repeat(300_000);
        publish(large);

        run(0, "consume", "q", "--max", "1", "--exec", "tee /dev/stderr 2>/dev/null", "--publish-to", "r");

        assertThat(run(0, "consume", "r", "--wait", "0s").lines()).containsExactly(large);
    }

    @Test
    void whatIsTooLargeToBePublishedGoesBack() {
        run(0, "queue", "create", "r", "--message-bytes", "10B");
        publish("one", "two");

        CommandRun run = run(
                0,
                "consume",
                "q",
                "--max",
                "2",
                "--retry-delay",
                "1h",
                "--exec",
                "sed 's/one/more than ten bytes/'",
                "--publish-to",
                "r");

        assertThat(run.errors()).contains("larger").endsWith("1 message acknowledged, 1 given back\n");
        assertThat(run(0, "consume", "r", "--wait", "0s").lines()).containsExactly("two");
    }

    @Test
    void withoutTheQueueToPublishToNothingIsAcknowledged() {
        publish("one");

        CommandRun run = CommandRun.at(broker.url());
        assertThat(run.run("consume", "q", "--max", "1", "--exec", "cat", "--publish-to", "none"))
                .isEqualTo(1);
        assertThat(run.errors()).contains("there is no queue none");
        assertThat(stats()).matches("q +0 +1 +0 +1 +1 +0 +0");
        assertThat(CommandRun.at(broker.url()).run("consume", "q", "--publish-to", "r"))
                .isEqualTo(2);
    }

    @Test
    void whatFailsComesAgainWhenTheQueueSays() {
        run(0, "queue", "set", "q", "--retry-delay", "1h");
        publish("one");
        run(0, "consume", "q", "--max", "1", "--exec", "false");
        assertThat(stats()).matches("q +0 +0 +1 +1 +1 +0 +0");

        run(0, "queue", "create", "r", "--retry-delay", "1ms");
        run(0, "publish", "r", "-m", "two");
        CommandRun run = run(0, "consume", "r", "--max", "2", "--exec", "test $MILLRACE_DELIVERY_COUNT = 2");
        assertThat(run.errors()).endsWith("1 message acknowledged, 1 given back\n");
    }

    @Test
    void whatFailsTooOftenIsADeadLetterWithTheExitStatus() throws Exception {
        run(0, "queue", "create", "dead");
        run(0, "queue", "set", "q", "--dead-letter-queue", "dead", "--deliveries-max", "2", "--retry-delay", "0s");
        publish("one");

        CommandRun run = run(0, "consume", "q", "--max", "2", "--exec", "exit 3");

        assertThat(run.errors()).endsWith("0 messages acknowledged, 2 given back\n");
        JsonNode death = deadLetter().at("/deaths/0");
        assertThat(death.get("reason").asText()).isEqualTo("deliveries");
        assertThat(death.get("deliveryCount").asInt()).isEqualTo(2);
        assertThat(death.get("error").asText()).isEqualTo("exit status 3");
    }

    @Test
    void aCommandRejectsByItsExitStatus() throws Exception {
        run(0, "queue", "create", "dead");
        run(0, "queue", "set", "q", "--dead-letter-queue", "dead");
        publish("never", "later");

        CommandRun run = run(
                0,
                "consume",
                "q",
                "--max",
                "2",
                "--retry-delay",
                "1h",
                "--reject-status",
                "65",
                "--exec",
                "read -r body; test $body = never && exit 65; exit 1");

        assertThat(run.errors()).contains("exit status 65").endsWith("1 given back, 1 rejected\n");
        assertThat(deadLetter().get("body").asText()).isEqualTo("never");
        assertThat(deadLetter().at("/deaths/0/reason").asText()).isEqualTo("rejected");
        assertThat(deadLetter().at("/deaths/0/error").asText()).isEqualTo("exit status 65");
        assertThat(stats()).matches("q +0 +0 +1 +2 +2 +0 +0");
    }

    /** The only one, which may be on its way still. */
    private JsonNode deadLetter() throws Exception {
        await().until(() -> !run(0, "queue", "peek", "dead").output().isEmpty());
        return new ObjectMapper()
                .readTree(run(0, "queue", "peek", "dead", "--json").output());
    }

    @Test
    void theCommandFindsTheMessageInItsEnvironment() throws Exception {
        run(
                0,
                "publish",
                "q",
                "-m",
                "x",
                "--key",
                "k k",
                "--content-type",
                "text/plain",
                "--header",
                "Trace-Id=7",
                "--priority",
                "7",
                "--group",
                "g g");
        Path seen = directory.resolve("seen");
        run(0, "consume", "q", "--max", "1", "--exec", "env | grep ^MILLRACE_ | sort > " + seen);

        assertThat(Files.readAllLines(seen))
                .contains(
                        "MILLRACE_QUEUE=q",
                        "MILLRACE_KEY=k k",
                        "MILLRACE_CONTENT_TYPE=text/plain",
                        "MILLRACE_HEADER_TRACE_ID=7",
                        "MILLRACE_DELIVERY_COUNT=1",
                        "MILLRACE_PRIORITY=7",
                        "MILLRACE_GROUP=g g",
                        "MILLRACE_EXPIRY_MILLIS=",
                        "MILLRACE_CORRELATION_ID=")
                .anyMatch(line -> line.matches("MILLRACE_MESSAGE_ID=\\d+-\\d+"))
                .anyMatch(line -> line.matches("MILLRACE_FENCING_TOKEN=\\d{19}"))
                .anyMatch(line -> line.matches("MILLRACE_PUBLISHED_MILLIS=\\d{13}"));
    }

    @Test
    void aFailedMessageComesAgainAfterItsDelayWithItsCountRaised() throws Exception {
        publish("x");
        Path seen = directory.resolve("seen");
        CommandRun run = run(
                0,
                "consume",
                "q",
                "--max",
                "3",
                "--retry-delay",
                "1ms",
                "--exec",
                "echo $MILLRACE_DELIVERY_COUNT >> " + seen + "; test $MILLRACE_DELIVERY_COUNT = 3");

        assertThat(Files.readAllLines(seen)).containsExactly("1", "2", "3");
        assertThat(run.errors()).endsWith("1 message acknowledged, 2 given back\n");
    }

    @Test
    void theLeaseIsExtendedWhileTheCommandRuns() throws Exception {
        publish("x");
        Path go = directory.resolve("go");
        CommandRun run = CommandRun.at(broker.url());
        var status = run.start(
                "consume",
                "q",
                "--max",
                "1",
                "--lease",
                "300ms",
                "--exec",
                "until test -e " + go + "; do sleep 0.05; done");
        await().until(() -> stats().matches("q +0 +1 +0 .*"));
        // Far longer than the lease, which would be over and the message ready if nobody extended it.
        CommandRun other = run(0, "consume", "q", "--wait", "1500ms");
        assertThat(other.output()).isEmpty();
        Files.createFile(go);

        assertThat(status.get()).isZero();
        assertThat(run.errors()).isEqualTo("1 message acknowledged\n");
        assertThat(stats()).matches("q +0 +0 +0 +1 +1 +0 +1");
    }

    @Test
    void commandsRunSideBySide() throws Exception {
        publish("1", "2", "3");
        Path here = Files.createDirectory(directory.resolve("here"));
        // Each waits for all three: one after the other, they would wait for ever.
        CommandRun run = run(
                0,
                "consume",
                "q",
                "--max",
                "3",
                "--parallel",
                "3",
                "--exec",
                "touch " + here + "/$(cat); until test $(ls " + here + " | wc -l) = 3; do sleep 0.05; done");

        assertThat(run.errors()).isEqualTo("3 messages acknowledged\n");
    }

    @Test
    void aSignalLetsTheRunningCommandFinish() throws Exception {
        publish("x", "y");
        Path go = directory.resolve("go");
        CommandRun run = CommandRun.at(broker.url());
        var status = run.start("consume", "q", "--exec", "until test -e " + go + "; do sleep 0.05; done");
        await().until(() -> stats().matches("q +1 +1 +0 .*"));
        run.signal("SIGINT");
        assertThat(status).isNotDone();
        Files.createFile(go);

        assertThat(status.get()).isZero();
        assertThat(run.errors()).isEqualTo("1 message acknowledged\n");
        assertThat(stats()).matches("q +1 +0 +0 .*");
    }

    @Test
    void aSecondSignalEndsTheCommandAndGivesTheMessageBack() throws Exception {
        publish("x");
        Path started = directory.resolve("started");
        CommandRun run = CommandRun.at(broker.url());
        var status = run.start("consume", "q", "--retry-delay", "1h", "--exec", "touch " + started + "; sleep 1000");
        await().until(() -> Files.exists(started));
        run.signal("SIGINT");
        run.signal("SIGINT");

        assertThat(status.get()).isZero();
        assertThat(run.errors()).contains("exit status 143", "0 messages acknowledged, 1 given back");
    }

    @Test
    void anInputThatTheCommandDoesNotReadDoesNoHarm() {
        run(0, "publish", "q", "-m", "x".repeat(1 << 20));

        assertThat(run(0, "consume", "q", "--max", "1", "--exec", "true").errors())
                .isEqualTo("1 message acknowledged\n");
    }

    @Test
    void optionsOutOfRangeAreMisuse() {
        run(2, "consume", "q", "--max", "0");
        run(2, "consume", "q", "--exec", "true", "--parallel", "0");
        run(2, "consume", "q", "--wait", "5");
        run(2, "consume", "q", "--exec", "true", "--reject-status", "0");
        run(2, "consume", "q", "--exec", "true", "--reject-status", "256");
        run(2, "consume", "q", "--reject-status", "1");
    }

    private void startAgain() {
        try {
            broker.startAgain();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private void publish(String... bodies) {
        for (String body : bodies) {
            run(0, "publish", "q", "-m", body);
        }
    }

    private String stats() {
        return run(0, "stats", "q").lines().get(1);
    }

    private CommandRun run(int status, String... arguments) {
        CommandRun run = CommandRun.at(broker.url());
        assertThat(run.run(arguments))
                .as("%s: %s", List.of(arguments), run.errors())
                .isEqualTo(status);
        return run;
    }
}
