package io.millrace.broker.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.SeedSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/** A map of words is a map, also where somebody makes words of one hash, and changes leave earlier ones alone. */
class WordMapTest {
    /** Any row of these, of one length, has one hash. */
    private static final List<String> ALIKE = List.of("Aa", "BB");

    private static String word(SplittableRandom random) {
        StringBuilder word = new StringBuilder();
        for (int length = random.nextInt(5); length > 0; length--) {
            word.append(random.nextInt(4) == 0 ? "b" : ALIKE.get(random.nextInt(2)));
        }
        return word.append(random.nextInt(40) == 0 ? Integer.toString(random.nextInt(500)) : "")
                .toString();
    }

    @ParameterizedTest
    @SeedSource(runs = 100)
    void itHoldsWhatAHashMapHolds(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Map<String, Integer> model = new HashMap<>();
        WordMap<Integer> map = WordMap.empty();
        for (int step = 0; step < 400; step++) {
            String word = word(random);
            WordMap<Integer> before = map;
            Integer there = before.get(word);
            if (random.nextInt(3) == 0) {
                map = map.minus(word);
                model.remove(word);
            } else {
                map = map.plus(word, step);
                model.put(word, step);
            }
            assertThat(before.get(word)).isEqualTo(there);
            assertThat(map.isEmpty()).isEqualTo(model.isEmpty());
            String other = word(random);
            assertThat(map.get(other)).as(other).isEqualTo(model.get(other));
            String inside = "x" + other + "y";
            int end = 1 + other.length();
            assertThat(map.get(inside, 1, end, WordMap.hash(inside, 1, end))).isEqualTo(model.get(other));
        }
        WordMap<Integer> last = map;
        model.forEach((word, value) -> assertThat(last.get(word)).as(word).isEqualTo(value));
        for (String word : new ArrayList<>(model.keySet())) {
            map = map.minus(word);
        }
        assertThat(map.isEmpty()).isTrue();
    }

    @Test
    void wordsOfOneHashCostTheLogarithmOfTheirNumber() {
        WordMap<Integer> map = WordMap.empty();
        int words = 1 << 14;
        for (int i = 0; i < words; i++) {
            map = map.plus(alike(i), i);
        }
        for (int i = 0; i < words; i++) {
            assertThat(WordMap.hash(alike(i), 0, 28)).isEqualTo(WordMap.hash(alike(0), 0, 28));
            assertThat(map.get(alike(i))).isEqualTo(i);
        }
        assertThat(map.get("Aa".repeat(15))).isNull();
    }

    private static String alike(int number) {
        StringBuilder word = new StringBuilder();
        for (int bit = 0; bit < 14; bit++) {
            word.append(ALIKE.get((number >> bit) & 1));
        }
        return word.toString();
    }
}
