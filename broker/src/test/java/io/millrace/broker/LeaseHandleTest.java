package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.SeedSource;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LeaseHandleTest {
    private static final Pattern TEXT = Pattern.compile("[0-9a-f]{1,16}(-[0-9a-f]{1,16}){2}");
    private static final String CHARACTERS = "0123456789abcdef---gA +";

    @ParameterizedTest
    @SeedSource(runs = 500)
    void aHandleComesBackFromItsText(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        LeaseHandle handle = new LeaseHandle(number(random), number(random), number(random));

        assertThat(LeaseHandle.parse(handle.toString())).isEqualTo(handle);
    }

    private static long number(SplittableRandom random) {
        return random.nextLong(Long.MAX_VALUE) >> random.nextInt(Long.SIZE);
    }

    @ParameterizedTest
    @SeedSource(runs = 500)
    void fencingTokensCompareAsTextAsTheTokensDo(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        long one = number(random);
        long other = number(random);

        String text = new LeaseHandle(1, 2, one).fencingToken();

        assertThat(text).matches("[0-9]{19}");
        assertThat(Long.parseLong(text)).isEqualTo(one);
        assertThat(Integer.signum(text.compareTo(new LeaseHandle(3, 4, other).fencingToken())))
                .isEqualTo(Long.compare(one, other));
    }

    @Test
    void theLargestNumbersAreReadAndNoLargerOnes() {
        LeaseHandle largest = new LeaseHandle(Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE);

        assertThat(LeaseHandle.parse(largest.toString())).isEqualTo(largest);
        assertThat(largest.fencingToken()).isEqualTo("9223372036854775807");
        assertThat(LeaseHandle.parse("1-2-8000000000000000")).isNull();
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
            strings = {"", "-", "--", "1-2", "1-2-", "-1-2", "1--2", "1-2-3-4", "1-2-12345678901234567", "1-2-\u0663"})
    void theEdgesAreNone(String text) {
        assertThat(LeaseHandle.parse(text)).isNull();
    }
}
