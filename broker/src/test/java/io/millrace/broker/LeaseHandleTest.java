package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.SeedSource;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LeaseHandleTest {
    private static final Pattern TEXT = Pattern.compile("[0-9a-f]{1,15}(-[0-9a-f]{1,15}){2}");
    private static final String CHARACTERS = "0123456789abcdef---gA +";

    @ParameterizedTest
    @SeedSource(runs = 500)
    void aHandleComesBackFromItsText(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        LeaseHandle handle = new LeaseHandle(number(random), number(random), number(random));

        assertThat(LeaseHandle.parse(handle.toString())).isEqualTo(handle);
    }

    private static long number(SplittableRandom random) {
        return random.nextLong(1L << 60) >> random.nextInt(60);
    }

    @ParameterizedTest
    @SeedSource(runs = 2000)
    void whateverIsNoHandleIsNone(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(12); i > 0; i--) {
            text.append(CHARACTERS.charAt(random.nextInt(CHARACTERS.length())));
        }

        assertThat(LeaseHandle.parse(text.toString()) != null)
                .as(text.toString())
                .isEqualTo(TEXT.matcher(text).matches());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "-", "--", "1-2", "1-2-", "-1-2", "1--2", "1-2-3-4", "1-2-1234567890123456", "1-2-\u0663"})
    void theEdgesAreNone(String text) {
        assertThat(LeaseHandle.parse(text)).isNull();
    }
}
