package io.millrace.broker.routing;

import static io.millrace.broker.routing.RoutingRig.binding;
import static io.millrace.broker.routing.RoutingRig.message;
import static io.millrace.broker.routing.RoutingRig.queue;
import static io.millrace.broker.routing.RoutingRig.taken;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.SeedSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopicTableTest {
    private static final String[] WORDS = {"a", "b", "c", "", "*", "#", "#", "*"};

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "a.b | a.b | true",
                "a.b | a.c | false",
                "a.b | a | false",
                "a | a.b | false",
                "'' | '' | true",
                "'' | a | false",
                "* | a | true",
                "* | '' | false",
                "* | a.b | false",
                "*.* | . | true",
                "a.* | a. | true",
                "# | '' | true",
                "# | a.b.c | true",
                "a.# | a | true",
                "a.# | a.b.c | true",
                "a.# | b.a | false",
                "#.a | a | true",
                "#.a | b.c.a | true",
                "#.a | a.b | false",
                "a.#.b | a.b | true",
                "a.#.b | a.b.c.b | true",
                "a.#.b | a.b.c | false",
                "#.* | a | true",
                "#.* | '' | false",
                "*.# | '' | false",
                "#.# | '' | true",
                "a*.b | a*.b | true",
                "a*.b | ax.b | false",
                "a.b.* | a.b.* | true",
                "a.B | a.b | false"
            })
    void aPatternFitsWordByWord(String pattern, String key, boolean fits) {
        assertThat(taken(TopicTable.EMPTY.plus(binding(1, 9, queue(2), pattern)), message(key)))
                .hasSize(fits ? 1 : 0);
        assertThat(NaiveRouting.fitsTopic(pattern, key)).isEqualTo(fits);
    }

    private static String text(SplittableRandom random, int kinds, int most) {
        List<String> words = new ArrayList<>();
        for (int left = random.nextInt(most + 1); left > 0; left--) {
            words.add(WORDS[random.nextInt(kinds)]);
        }
        return String.join(".", words);
    }

    @ParameterizedTest
    @SeedSource(runs = 300)
    void theTrieFindsWhatALookAtEachPatternFinds(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Binding> there = new ArrayList<>();
        BindingTable table = TopicTable.EMPTY;
        int words = random.nextInt(1, 8);
        for (int step = 1; step <= 120; step++) {
            if (random.nextInt(3) == 0 && !there.isEmpty()) {
                table = table.minus(there.remove(random.nextInt(there.size())));
            } else {
                Binding added = binding(step, 9, queue(step), text(random, WORDS.length, words));
                there.add(added);
                table = table.plus(added);
            }
            String key = text(random, 5, words + 1);
            Set<Long> expected = new TreeSet<>();
            there.stream()
                    .filter(each -> NaiveRouting.fitsTopic(each.routingKey(), key))
                    .forEach(each -> expected.add(each.id()));
            assertThat(taken(table, message(key))).as(key).isEqualTo(expected);
        }
        for (Binding each : there) {
            table = table.minus(each);
        }
        assertThat(table).isEqualTo(TopicTable.EMPTY);
    }

    /** Trying each way that a {@code #} can go would take longer than the universe has been there. */
    @Test
    @Timeout(value = 20, unit = TimeUnit.SECONDS)
    void manyWildcardsAreNoTrouble() {
        BindingTable table = TopicTable.EMPTY;
        for (int i = 0; i < 20; i++) {
            table = table.plus(binding(i, 9, queue(i), "#.a.".repeat(60 - i) + "z"));
            table = table.plus(
                    binding(100 + i, 9, queue(i), ".#.a".repeat(40).substring(1) + ".#".repeat(20) + "." + i));
        }
        String key = ".a".repeat(127).substring(1);

        for (int i = 0; i < 100; i++) {
            assertThat(taken(table, message(key))).isEmpty();
        }
    }

    @Test
    void oneQueueMayHaveManyPatternsAndOnePatternManyQueues() {
        BindingTable table = TopicTable.EMPTY;
        for (int i = 0; i < 50; i++) {
            table = table.plus(binding(i, 9, queue(i), "a.*"));
        }
        table = table.plus(binding(100, 9, queue(1), "#")).plus(binding(101, 9, queue(1), "a.b"));

        assertThat(taken(table, message("a.b"))).hasSize(52);
        assertThat(taken(table.minus(binding(7, 9, queue(7), "a.*")), message("a.b")))
                .hasSize(51)
                .doesNotContain(7L);
    }
}
