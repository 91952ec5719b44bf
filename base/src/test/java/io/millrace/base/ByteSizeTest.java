package io.millrace.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A size that a user writes means exactly one number of bytes, or is refused with what to write instead. */
class ByteSizeTest {
    @ParameterizedTest
    @CsvSource({
        "0B, 0",
        "16B, 16",
        "64KiB, 65536",
        "1MiB, 1048576",
        "1GiB, 1073741824",
        "2TiB, 2199023255552",
        "9223372036854775807B, 9223372036854775807"
    })
    void aSizeIsReadAndPrintedTheSame(String text, long bytes) {
        assertThat(ByteSize.parse(text)).isEqualTo(bytes);
        assertThat(ByteSize.print(bytes)).isEqualTo(text);
    }

    @Test
    void theLargestUnitThatDividesIsPrinted() {
        assertThat(ByteSize.print(ByteSize.parse("1024KiB"))).isEqualTo("1MiB");
        assertThat(ByteSize.print(1000)).isEqualTo("1000B");
    }

    @Test
    void aNumberWithoutUnitIsRefusedWithWhatToWrite() {
        assertThatThrownBy(() -> ByteSize.parse("64"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'64' has no unit; write for example 64B, 64KiB, 64MiB");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1MB", "1mib", "1M", "1KiBB", "1 MiB", "1.5MiB", "1MiB "})
    void anUnknownUnitIsRefusedWithTheKnownOnes(String text) {
        assertThatThrownBy(() -> ByteSize.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(text)
                .hasMessageContaining("the units are B, KiB, MiB, GiB, TiB");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "MiB", "-1B", "+1B", " 1B", "x", "٣B", "0x10B"})
    void whatIsNoNumberIsRefused(String text) {
        assertThatThrownBy(() -> ByteSize.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"9223372036854775808B", "8388608TiB", "9007199254740992KiB", "99999999999999999999999999999B"})
    void overflowIsRefused(String text) {
        assertThatThrownBy(() -> ByteSize.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("too large");
    }

    @Test
    void anEndlessTextIsNotRepeatedInTheMessage() {
        assertThatThrownBy(() -> ByteSize.parse("1".repeat(100_000)))
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .hasSizeLessThan(100);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void whatIsPrintedIsReadBack(long seed) {
        var random = new SplittableRandom(seed);
        for (int i = 0; i < 1000; i++) {
            long unit = 1L << (10 * random.nextInt(5));
            long bytes = (random.nextLong() >>> (1 + random.nextInt(62))) / unit * unit;
            assertThat(ByteSize.parse(ByteSize.print(bytes)))
                    .as("seed %d, %d bytes", seed, bytes)
                    .isEqualTo(bytes);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void garbageIsRefusedOrMeansWhatItsDigitsSay(long seed) {
        var random = new SplittableRandom(seed);
        for (int i = 0; i < 2000; i++) {
            String text = garbage(random);
            try {
                long bytes = ByteSize.parse(text);
                assertThat(text).as("seed %d", seed).matches("[0-9]+(B|KiB|MiB|GiB|TiB)");
                assertThat(bytes).as("seed %d, %s", seed, text).isNotNegative();
            } catch (IllegalArgumentException e) {
                assertThat(e.getMessage()).as("seed %d, %s", seed, text).isNotBlank();
            }
        }
    }

    private static String garbage(SplittableRandom random) {
        String alphabet = "0123456789BKMGTi -+.eE_x\u0000\u0663";
        var text = new StringBuilder();
        for (int i = random.nextInt(12); i > 0; i--) {
            text.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return text.append(random.nextBoolean() ? "KiB" : "").toString();
    }
}
