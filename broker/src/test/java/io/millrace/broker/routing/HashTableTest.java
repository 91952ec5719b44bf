package io.millrace.broker.routing;

import static io.millrace.broker.routing.RoutingRig.binding;
import static io.millrace.broker.routing.RoutingRig.message;
import static io.millrace.broker.routing.RoutingRig.queue;
import static io.millrace.broker.routing.RoutingRig.taken;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.millrace.broker.message.MessageProperties;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HashTableTest {
    private static final int KEYS = 20_000;
    private static final ExchangeSettings PLAIN = ExchangeSettings.of(ExchangeType.CONSISTENT_HASH);

    private static BindingTable table(ExchangeSettings settings, String... weights) {
        BindingTable table = BindingTable.of(settings);
        for (int i = 0; i < weights.length; i++) {
            table = table.plus(binding(i, 9, queue(i), weights[i]));
        }
        return table;
    }

    private static long one(BindingTable table, RoutedMessage message) {
        assertThat(taken(table, message)).hasSize(1);
        return taken(table, message).iterator().next();
    }

    private static Map<String, Long> all(BindingTable table) {
        Map<String, Long> found = new HashMap<>();
        for (int i = 0; i < KEYS; i++) {
            found.put("key-" + i, one(table, message("key-" + i)));
        }
        return found;
    }

    private static double share(Map<String, Long> found, long binding) {
        return found.values().stream().filter(each -> each == binding).count() / (double) KEYS;
    }

    @Test
    void eachBindingHasTheShareOfItsWeight() {
        Map<String, Long> found = all(table(PLAIN, "1", "2", "1", "4"));

        assertThat(share(found, 0)).isCloseTo(1 / 8.0, within(0.015));
        assertThat(share(found, 1)).isCloseTo(2 / 8.0, within(0.015));
        assertThat(share(found, 2)).isCloseTo(1 / 8.0, within(0.015));
        assertThat(share(found, 3)).isCloseTo(4 / 8.0, within(0.015));
    }

    @Test
    void oneThatComesTakesItsShareAndNothingElseMoves() {
        Map<String, Long> before = all(table(PLAIN, "1", "1", "2"));
        Map<String, Long> after = all(table(PLAIN, "1", "1", "2", "1"));

        assertThat(share(after, 3)).isCloseTo(0.2, within(0.015));
        after.forEach((key, found) ->
                assertThat(found.equals(before.get(key)) || found == 3).as(key).isTrue());
    }

    @Test
    void oneThatGoesLeavesItsShareAndNothingElseMoves() {
        BindingTable table = table(PLAIN, "1", "3", "1", "1");
        Map<String, Long> before = all(table);
        Map<String, Long> after = all(table.minus(binding(77, 9, queue(1), "3")));

        assertThat(after.values()).doesNotContain(1L);
        before.forEach((key, found) -> {
            if (found != 1) {
                assertThat(after.get(key)).as(key).isEqualTo(found);
            }
        });
        assertThat(share(after, 0)).isCloseTo(1 / 3.0, within(0.02));
    }

    @Test
    void aHeavierOneKeepsWhatItHadAndHowOtherThingsCameDoesNotMatter() {
        Map<String, Long> light = all(table(PLAIN, "1", "1"));
        Map<String, Long> heavy = all(table(PLAIN, "1", "3"));
        light.forEach((key, found) ->
                assertThat(found == 0 || heavy.get(key) == 1).as(key).isTrue());
        BindingTable turned =
                BindingTable.of(PLAIN).plus(binding(1, 9, queue(1), "3")).plus(binding(0, 9, queue(0), "1"));
        assertThat(all(turned)).isEqualTo(heavy);
    }

    /** Where messages of a text go is a promise over restarts and releases. */
    @Test
    void whereAKeyGoesNeverChanges() {
        BindingTable table = table(PLAIN, "1", "1", "1", "1", "1", "1", "1", "1");
        StringBuilder found = new StringBuilder();
        for (String key : List.of("", "a", "b", "customer-1", "customer-2", "größe", "0", "00")) {
            found.append(one(table, message(key)));
        }
        assertThat(found).hasToString("06015034");
    }

    @Test
    void aHeaderOrAPropertyCanDecideInstead() {
        BindingTable byKey = table(PLAIN, "1", "1", "1", "1", "1", "1", "1", "1");
        String[] weights = {"1", "1", "1", "1", "1", "1", "1", "1"};
        ExchangeSettings header = new ExchangeSettings(ExchangeType.CONSISTENT_HASH, false, null, "customer", null);
        ExchangeSettings property =
                new ExchangeSettings(ExchangeType.CONSISTENT_HASH, false, null, null, HashProperty.CORRELATION_ID);
        MessageProperties said = new MessageProperties("k", null, "c", null, "m", "g", null, List.of());

        for (int i = 0; i < 50; i++) {
            String text = "text-" + i;
            assertThat(one(table(header, weights), message("any", Map.of("customer", text))))
                    .isEqualTo(one(byKey, message(text)));
        }
        assertThat(one(table(property, weights), new RoutedMessage("any", said)))
                .isEqualTo(one(byKey, message("c")));
        assertThat(one(table(header, weights), message("any"))).isEqualTo(one(byKey, message("")));
        assertThat(one(table(header, weights), message("any", Map.of("customer", 7L))))
                .isEqualTo(one(table(header, weights), message("other", Map.of("customer", 7L))));
        assertThat(HashProperty.KEY.of(said) + HashProperty.MESSAGE_ID.of(said) + HashProperty.GROUP.of(said))
                .isEqualTo("kmg");
    }

    @Test
    void aBindingThatDoesNotLetItThroughLeavesItToTheOthers() {
        BindingTable table = BindingTable.of(PLAIN)
                .plus(binding(0, 9, queue(0), "1000", "{}", "{\"a\":[\"x\"]}"))
                .plus(binding(1, 9, queue(1), "1"));

        assertThat(all(table).values()).containsOnly(1L);
        assertThat(taken(table, message("k", Map.of("a", "x")))).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "-1", "+1", "1001", "1.5", "a", "99999999999"})
    void aWeightIsANumberInItsRange(String key) {
        assertThatThrownBy(() -> table(PLAIN, key))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a whole number from 1 to 1000");
    }

    @Test
    void bindingsAreBounded() {
        BindingTable table = BindingTable.of(PLAIN);
        for (int i = 0; i < HashTable.BINDINGS_MAX; i++) {
            table = table.plus(binding(i, 9, queue(i), "1"));
        }
        BindingTable full = table;
        assertThatThrownBy(() -> full.plus(binding(5000, 9, queue(5000), "1"))).hasMessageContaining("at most 1024");
        assertThat(taken(full, message("a"))).hasSize(1);
        assertThat(taken(BindingTable.of(PLAIN), message("a"))).isEmpty();
    }
}
