package io.millrace.server.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code millrace queue} and {@code millrace stats} against a real broker. */
class QueueCommandsTest {
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

    @Test
    void aQueueIsMadeAndShownWithItsSettings() {
        assertThat(succeed("queue", "create", "made", "--lease", "2m", "--message-bytes", "64KiB")
                        .output())
                .isEqualTo("queue made is there\n");
        assertThat(succeed("queue", "show", "made").lines())
                .contains("name                made", "leaseMillis         120,000", "messageBytesMax     65,536");
    }

    @Test
    void makingAQueueAgainIsFineUnlessItsSettingsDiffer() {
        succeed("queue", "create", "again", "--lease", "2m");
        succeed("queue", "create", "again", "--lease", "2m");

        CommandRun run = fail(1, "queue", "create", "again", "--lease", "3m");
        assertThat(run.errors()).contains("exists with other settings");
        assertThat(succeed("queue", "show", "again").lines()).contains("leaseMillis         120,000");
    }

    @Test
    void aNameMayHaveEverythingThatUrlsSpellDifferently() {
        String name = "a/b?c=d&e f%2F\u00fc";
        succeed("queue", "create", name);
        succeed("publish", name, "-m", "x");

        assertThat(succeed("queue", "peek", name).lines()).containsExactly("x");
        assertThat(succeed("queue", "list", "--names", "--prefix", "a/b").lines())
                .containsExactly(name);
        succeed("queue", "delete", name, "--force");
    }

    @Test
    void settingsAreChangedOneByOne() {
        succeed("queue", "create", "changing");

        assertThat(succeed("queue", "set", "changing", "--message-bytes", "1KiB")
                        .lines())
                .contains("leaseMillis         30,000", "messageBytesMax     1,024");
        assertThat(fail(2, "queue", "set", "changing").errors()).contains("say what to change");
    }

    @Test
    void aQueueIsHeldToItsLength() {
        succeed("queue", "create", "held", "--length-max", "1", "--length-bytes-max", "1KiB");
        assertThat(succeed("queue", "show", "held").lines())
                .contains(
                        "lengthMax           1",
                        "lengthBytesMax      1,024",
                        "overflow            reject",
                        "waitingBytes        0",
                        "refused             0");
        succeed("publish", "held", "-m", "one");
        assertThat(fail(1, "publish", "held", "-m", "two").errors())
                .contains("The queue is as long as it may get")
                .contains("raise its lengthMax");
        assertThat(succeed("queue", "set", "held", "--overflow", "drop-oldest").lines())
                .contains("lengthMax           1", "overflow            drop-oldest", "refused             1");
        succeed("publish", "held", "-m", "three");

        assertThat(succeed("queue", "peek", "held").lines()).containsExactly("three");
        assertThat(succeed("queue", "show", "held").lines()).contains("overflowed          1");
        assertThat(fail(1, "queue", "set", "held", "--overflow", "dead-letter").errors())
                .contains("needs a deadLetterQueue");
        assertThat(fail(1, "queue", "set", "held", "--overflow", "drop-newest").errors())
                .contains("overflow is reject, drop-oldest or dead-letter");
    }

    @Test
    void aQueueAnswersAsEarlyAsItIsTold() {
        succeed("queue", "create", "early", "--durability", "memory");
        assertThat(succeed("queue", "show", "early").lines()).contains("durability          memory");
        assertThat(succeed("queue", "set", "early", "--durability", "os").lines())
                .contains("durability          os");
        assertThat(succeed("queue", "set", "early", "--durability", "synced").output())
                .doesNotContain("durability");
        assertThat(fail(1, "queue", "set", "early", "--durability", "no").errors())
                .contains("durability is synced, os or memory");
    }

    @Test
    void whatAQueueSaysOfDeliveriesIsSetAndShown() {
        succeed(
                "queue",
                "create",
                "timed",
                "--delay",
                "10s",
                "--ttl",
                "1d",
                "--priority-default",
                "7",
                "--deduplication-window",
                "1h");
        assertThat(succeed("queue", "show", "timed").lines())
                .contains(
                        "delayMillis         10,000",
                        "timeToLiveMillis    86,400,000",
                        "priorityDefault     7",
                        "deduplicationMillis 3,600,000",
                        "messagesExpired     0");

        assertThat(succeed("queue", "set", "timed", "--ttl", "0s", "--priority-default", "4294967295")
                        .lines())
                .contains("delayMillis         10,000", "priorityDefault     4,294,967,295")
                .noneMatch(line -> line.startsWith("timeToLiveMillis"));
        assertThat(fail(1, "queue", "set", "timed", "--deduplication-window", "15d")
                        .errors())
                .contains("deduplicationMillis is 1 to 1209600000");
        assertThat(succeed("queue", "set", "timed", "--retry-delay", "1s", "--retry-delay-max", "1h", "--retry-random")
                        .lines())
                .contains("retryDelayMillis    1,000", "retryDelayMillisMax 3,600,000", "retryRandom         true");
        assertThat(succeed("queue", "set", "timed", "--no-retry-random").lines())
                .contains("retryDelayMillis    1,000", "retryRandom         false");
        assertThat(fail(2, "queue", "set", "timed", "--delay", "soon").errors()).contains("--delay");
    }

    @Test
    void aListHasEveryQueueAcrossPages() {
        for (int i = 0; i < 7; i++) {
            succeed("queue", "create", "page-" + i);
        }
        succeed("publish", "page-3", "-m", "a", "-m", "b");

        assertThat(succeed("queue", "list", "--names", "--prefix", "page-").lines())
                .containsExactly("page-0", "page-1", "page-2", "page-3", "page-4", "page-5", "page-6");
        assertThat(succeed("queue", "list", "--prefix", "page-").lines())
                .contains("QUEUE   READY  LEASED  DELAYED", "page-3      2       0        0");
    }

    @Test
    void aFilterShowsWhatItSelectsHoweverFarItIs() {
        succeed("queue", "create", "filtered");
        succeed("publish", "filtered", "-m", "first", "--header", "color=red");
        CommandRun many = CommandRun.at(broker.url()).input("filler\n".repeat(10_100));
        assertThat(many.run("publish", "filtered")).as(many.errors()).isZero();
        succeed("publish", "filtered", "-m", "last", "-m", "behind", "--header", "color=dark red");

        assertThat(succeed("queue", "peek", "filtered", "--filter", "color LIKE '%red'")
                        .lines())
                .containsExactly("first", "last", "behind");
        assertThat(succeed("queue", "peek", "filtered", "--filter", "color LIKE '%red'", "--max", "2")
                        .lines())
                .containsExactly("first", "last");
        assertThat(succeed("queue", "peek", "filtered", "--filter", "color = 'green'")
                        .output())
                .isEmpty();
    }

    @Test
    void aFilterThatIsNoneIsRefusedWithThePlace() {
        succeed("queue", "create", "refused");

        assertThat(fail(1, "queue", "peek", "refused", "--filter", "color = ").errors())
                .contains("at character 9: expected a name, a literal or (, found the end");
    }

    @Test
    void peekingDisturbsNothing() throws Exception {
        succeed("queue", "create", "peeked");
        succeed("publish", "peeked", "-m", "one", "-m", "two", "-m", "three");

        assertThat(succeed("queue", "peek", "peeked", "--max", "2").lines()).containsExactly("one", "two");
        JsonNode first = new ObjectMapper()
                .readTree(succeed("queue", "peek", "peeked", "--json").lines().get(0));
        assertThat(first.get("body").asText()).isEqualTo("one");
        assertThat(first.get("deliveryCount").asInt()).isZero();
        assertThat(succeed("stats", "peeked").lines().get(1)).matches("peeked +3 +0 +0 +3 +0 +0 +0");
    }

    @Test
    void peekingGoesOnBehindTheFirstRequest() {
        succeed("queue", "create", "long");
        CommandRun.at(broker.url()).input("x\n".repeat(250)).run("publish", "long");

        assertThat(succeed("queue", "peek", "long", "--max", "230").lines()).hasSize(230);
        assertThat(succeed("queue", "peek", "long", "--max", "1000").lines()).hasSize(250);
    }

    @Test
    void purgingTellsHowManyAreGone() {
        succeed("queue", "create", "full");
        succeed("publish", "full", "-m", "a", "-m", "b");

        assertThat(succeed("queue", "purge", "full").output()).isEqualTo("removed 2 messages from queue full\n");
        assertThat(succeed("queue", "peek", "full").output()).isEmpty();
    }

    @Test
    void aQueueWithMessagesIsOnlyDeletedByForce() {
        succeed("queue", "create", "doomed");
        succeed("publish", "doomed", "-m", "a");

        assertThat(fail(1, "queue", "delete", "doomed").errors())
                .isEqualTo("millrace queue delete: queue doomed has 1 message in it; --force removes them too\n");
        assertThat(succeed("queue", "delete", "doomed", "--force").output()).isEqualTo("queue doomed is gone\n");
        assertThat(fail(1, "queue", "show", "doomed").errors()).contains("there is no queue doomed");
    }

    @Test
    void aQueueThatIsNotThereIsAFailureInOneLine() {
        assertThat(fail(1, "queue", "show", "nowhere").errors())
                .isEqualTo("millrace queue show: There is no such queue: there is no queue nowhere\n");
    }

    @Test
    void watchedStatisticsShowRatesUntilASignal() throws Exception {
        succeed("queue", "create", "busy");
        CommandRun run = CommandRun.at(broker.url());
        var status = run.start("stats", "busy", "--watch", "--every", "20ms");
        await().until(() -> run.output().contains("busy"));
        run.signal("SIGINT");

        assertThat(status.get()).isZero();
        assertThat(run.lines().get(0)).matches("QUEUE +READY +LEASED +DELAYED +PUBLISHED +DELIVERED +ACKNOWLEDGED");
        assertThat(run.lines().get(1)).matches("busy +0 +0 +0 +0/s +0/s +0/s");
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
}
