package io.millrace.server.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code millrace subscription}, and consuming from one, against a real broker. */
class SubscriptionCommandsTest {
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
    void aSubscriptionIsMadeListedShownChangedAndRemoved() {
        succeed("topic", "create", "clicks", "--partitions", "2");
        assertThat(succeed("subscription", "create", "clicks", "billing", "--kind", "by-key", "--lease", "10s")
                        .output())
                .isEqualTo("subscription billing of topic clicks is there\n");
        succeed("subscription", "create", "clicks", "audit", "--from", "earliest");
        assertThat(succeed("subscription", "list", "clicks").lines())
                .extracting(line -> line.strip().replaceAll(" +", " "))
                .containsExactly("SUBSCRIPTION KIND", "audit shared", "billing by-key");
        assertThat(succeed("subscription", "list", "clicks", "--names").lines()).containsExactly("audit", "billing");
        assertThat(succeed("subscription", "list", "clicks", "--json").output()).contains("\"kind\":\"by-key\"");

        List<String> shown =
                succeed("subscription", "set", "clicks", "billing", "--paused").lines();
        assertThat(shown).anyMatch(line -> line.startsWith("paused") && line.endsWith(" true"));
        assertThat(shown).anyMatch(line -> line.startsWith("leaseMillis") && line.endsWith(" 10,000"));
        assertThat(succeed("subscription", "show", "clicks", "billing", "--json")
                        .output())
                .contains("\"queue\":\"clicks::billing::1\"");
        assertThat(fail(2, "subscription", "set", "clicks", "billing").errors()).contains("--paused");
        assertThat(fail(1, "subscription", "create", "clicks", "billing", "--kind", "shared")
                        .errors())
                .contains("exists with other settings");

        assertThat(succeed("subscription", "delete", "clicks", "billing").output())
                .isEqualTo("subscription billing of topic clicks is gone\n");
        assertThat(fail(1, "subscription", "show", "clicks", "billing").errors())
                .contains("no subscription billing");
    }

    @Test
    void itsMessagesAreConsumedAndComeAgainAfterASeek() {
        succeed("topic", "create", "orders");
        succeed("subscription", "create", "orders", "billing");
        succeed("subscription", "create", "orders", "mail");
        succeed("publish", "--topic", "orders", "-m", "1", "-m", "2");

        assertThat(succeed("consume", "orders::billing", "--max", "2", "--wait", "0s")
                        .lines())
                .containsExactly("1", "2");
        List<String> shown =
                succeed("subscription", "seek", "orders", "billing", "1").lines();
        assertThat(shown.get(shown.size() - 1).strip().split(" +", -1)).startsWith("0", "1", "2", "1");
        assertThat(succeed("consume", "orders::billing", "--max", "1", "--wait", "0s")
                        .lines())
                .containsExactly("2");
        succeed("subscription", "seek", "orders", "billing", "earliest", "--partition", "0");
        assertThat(succeed("consume", "orders::billing", "--max", "2", "--wait", "0s")
                        .lines())
                .containsExactly("1", "2");
        assertThat(succeed("consume", "orders::mail", "--max", "2", "--wait", "0s")
                        .lines())
                .containsExactly("1", "2");
    }

    @Test
    void allPartitionsAreConsumedAtOnce() {
        succeed("topic", "create", "wide", "--partitions", "4");
        succeed("subscription", "create", "wide", "all");
        succeed("subscription", "create", "wide", "one", "--kind", "exclusive");
        succeed("queue", "create", "done");
        for (int number = 0; number < 4; number++) {
            succeed("publish", "--topic", "wide", "--partition", String.valueOf(number), "-m", "m" + number);
        }

        CommandRun some = succeed("consume", "wide::all", "--max", "2", "--wait", "0s");
        assertThat(some.lines()).hasSize(2);
        succeed("consume", "wide::all", "--wait", "0s", "--exec", "cat", "--publish-to", "done");
        List<String> all = new ArrayList<>(some.lines());
        all.addAll(succeed("consume", "done", "--wait", "0s").lines());
        assertThat(all).containsExactlyInAnyOrder("m0", "m1", "m2", "m3");
        assertThat(succeed("queue", "show", "wide::all").lines())
                .anyMatch(line -> line.startsWith("acknowledged") && line.endsWith(" 4"));

        assertThat(succeed("consume", "wide::one", "--wait", "0s").lines())
                .containsExactlyInAnyOrder("m0", "m1", "m2", "m3");
        assertThat(succeed("queue", "consumers", "wide::one").lines()).hasSize(1);
        assertThat(fail(1, "queue", "peek", "wide::all").errors()).contains("wide::all::0 to wide::all::3");
    }

    @Test
    void oneWithAFilterGetsWhatItSelects() {
        succeed("topic", "create", "sales");
        succeed("subscription", "create", "sales", "eu", "--filter", "region = 'eu'");
        succeed("publish", "--topic", "sales", "-m", "1", "--header", "region=us");
        succeed("publish", "--topic", "sales", "-m", "2", "--header", "region=eu");

        assertThat(succeed("consume", "sales::eu", "--wait", "0s").lines()).containsExactly("2");
        assertThat(succeed("subscription", "show", "sales", "eu").lines())
                .anyMatch(line -> line.startsWith("filter") && line.endsWith(" region = 'eu'"));
        assertThat(fail(1, "subscription", "create", "sales", "eu", "--filter", "region = 'us'")
                        .errors())
                .contains("exists with other settings");
        assertThat(fail(1, "subscription", "create", "sales", "us", "--filter", "region =")
                        .errors())
                .contains("filter is wrong at character");
        assertThat(fail(1, "subscription", "create", "sales", "us", "--kind", "cumulative", "--filter", "a = 'b'")
                        .errors())
                .contains("a cumulative subscription has no filter");
    }
}
