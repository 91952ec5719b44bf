package io.millrace.broker.selector;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.SeedSource;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;

/** Random conditions over random messages: compiled, they come to what a plain evaluation of their tree comes to. */
class SelectorPropertyTest {
    private static final int CONDITIONS = 300;
    private static final int MESSAGES = 8;

    @ParameterizedTest
    @SeedSource(runs = 30)
    void aCompiledSelectorAgreesWithAPlainEvaluation(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        RandomCondition generator = new RandomCondition(random);
        Map<Truth, Integer> seen = new EnumMap<>(Truth.class);
        for (int i = 0; i < CONDITIONS; i++) {
            PlainCondition condition = generator.condition(random.nextInt(1, 5));
            String text = condition.text(random);
            SelectorMatcher straight = Selector.compile(text).newMatcher();
            SelectorMatcher opposite =
                    Selector.compile("not(" + condition.text(random) + ")").newMatcher();
            for (int j = 0; j < MESSAGES; j++) {
                Map<String, Object> headers = headers(random);
                FakeMessage message = FakeMessage.of(headers);
                Truth expected = condition.test(headers);
                assertThat(straight.matches(message))
                        .as("%s of %s", text, headers)
                        .isEqualTo(expected == Truth.TRUE);
                assertThat(opposite.matches(message))
                        .as("not %s of %s", text, headers)
                        .isEqualTo(expected == Truth.FALSE);
                seen.merge(expected, 1, Integer::sum);
            }
        }
        for (Truth each : Truth.values()) {
            assertThat(seen.get(each)).as("%s is common", each).isGreaterThan(CONDITIONS * MESSAGES / 20);
        }
    }

    private static Map<String, Object> headers(SplittableRandom random) {
        Map<String, Object> headers = new LinkedHashMap<>();
        for (String name : RandomCondition.NAMES) {
            if (random.nextInt(4) > 0) {
                headers.put(name, value(random));
            }
        }
        return headers;
    }

    private static Object value(SplittableRandom random) {
        return switch (random.nextInt(9)) {
            case 0, 1 -> RandomCondition.TEXTS[random.nextInt(RandomCondition.TEXTS.length)];
            case 2, 3, 4 -> (long) random.nextInt(-3, 4);
            case 5 -> random.nextInt(-6, 7) / 2.0;
            case 6, 7 -> random.nextBoolean();
            default -> random.nextBoolean() ? (Object) new byte[] {1} : (Object) Long.MAX_VALUE;
        };
    }
}
