package io.millrace.broker.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import io.millrace.testkit.SeedSource;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a cron expression fits, and what is none. */
class CronExpressionTest {
    private static final CronParser UNIX = new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "* * * * *        | 2026-01-01T00:01 | 2026-01-01T00:02",
                "* * * * * *      | 2026-01-01T00:00:01 | 2026-01-01T00:00:02",
                "*/20 59 23 * * * | 2026-01-01T23:59 | 2026-01-01T23:59:20",
                "0 9 * * mon-FRI  | 2026-01-01T09:00 | 2026-01-02T09:00",
                "30 2 * jan,MAR 7 | 2026-01-04T02:30 | 2026-01-11T02:30",
                "0 0 * * 0        | 2026-01-04T00:00 | 2026-01-11T00:00",
                "0 0 * * 5-7      | 2026-01-02T00:00 | 2026-01-03T00:00",
                "0 0 * * 1-5/2    | 2026-01-02T00:00 | 2026-01-05T00:00",
                "5/25 1-10/4 * * * | 2026-01-01T01:05 | 2026-01-01T01:30",
                "0 0 29 2 *       | 2028-02-29T00:00 | 2032-02-29T00:00",
                "0 0 31 * *       | 2026-01-31T00:00 | 2026-03-31T00:00",
                // Of two days one has to fit, but where one begins with *.
                "0 0 13 * 5       | 2026-01-02T00:00 | 2026-01-09T00:00",
                "0 0 */2 * 5      | 2026-01-09T00:00 | 2026-01-23T00:00",
                "0 0 1-7 * */6    | 2026-01-03T00:00 | 2026-01-04T00:00"
            })
    void theNextTimesFit(String text, LocalDateTime first, LocalDateTime second) {
        CronExpression expression = CronReader.read(text.strip());

        LocalDateTime next = expression.next(LocalDateTime.of(2026, 1, 1, 0, 0));

        assertThat(next).isEqualTo(first);
        assertThat(expression.next(next)).isEqualTo(second);
    }

    @Test
    void aLeapDayIsFoundOverTheYearWithoutOne() {
        assertThat(CronReader.read("0 0 29 2 *").next(LocalDateTime.of(2096, 3, 1, 0, 0)))
                .isEqualTo(LocalDateTime.of(2104, 2, 29, 0, 0));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "* * * *",
                "* * * * * * *",
                "60 * * * *",
                "0 24 * * *",
                "0 0 0 * *",
                "0 0 32 * *",
                "0 0 * 13 *",
                "0 0 * * 8",
                "61 0 0 * * *",
                "0 22-2 * * *",
                "*/0 * * * *",
                "*/90 * * * *",
                "1/2/3 * * * *",
                "-1 * * * *",
                "0 0 L * *",
                "0 0 15W * *",
                "0 0 ? * 1",
                "0 0 * * 1#2",
                "@daily",
                "a b c d e",
                "0 0 * * *|1",
                "0||1 0 * * *",
                "* * * * *||* * * * *",
                "0 0 30 2 *",
                "0 0 31 4,6,9,11 *"
            })
    void whatIsNoneOrNeverFiresIsRefused(String text) {
        assertThatThrownBy(() -> CronReader.read(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("cron ");
    }

    @Test
    void whatIsTooLongIsRefused() {
        String list = IntStream.range(0, 200).mapToObj(each -> "1").collect(Collectors.joining(","));
        assertThatThrownBy(() -> CronReader.read(list + " * * * *")).hasMessageContaining("more than 200 characters");
    }

    /** Whatever is asked for is an expression or a refusal, and nothing else comes out of the library. */
    @ParameterizedTest
    @SeedSource(runs = 300)
    void anyTextIsReadOrRefused(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(1, 24); i > 0; i--) {
            text.append("0123456789*/-,#?LWCH|@ MON SUN\t\u00e4\u0130\0".charAt(random.nextInt(34)));
        }
        text.append(" * * * *", 0, random.nextInt(9));
        try {
            CronReader.read(text.toString()).next(LocalDateTime.of(2026, 1, 1, 0, 0));
        } catch (IllegalArgumentException e) {
            assertThat(e).hasMessageStartingWith("cron ");
        }
    }

    /** In UTC, where no time of day is special, the library's own reckoning is the same. */
    @ParameterizedTest
    @SeedSource(runs = 200)
    void theLibraryFindsTheSame(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        boolean isOfWeek = random.nextBoolean();
        String text = String.join(
                " ",
                field(random, 0, 59),
                field(random, 0, 23),
                isOfWeek ? "*" : field(random, 1, 28),
                field(random, 1, 12),
                isOfWeek ? field(random, 0, 6) : "*");
        CronExpression expression = CronReader.read(text);
        ExecutionTime library = ExecutionTime.forCron(UNIX.parse(text));

        ZonedDateTime at = LocalDateTime.of(2026, 1, 1, 0, 0)
                .plusMinutes(random.nextInt(3_000_000))
                .atZone(ZoneOffset.UTC);
        for (int i = 0; i < 20; i++) {
            LocalDateTime next = expression.next(at.toLocalDateTime());
            at = library.nextExecution(at).orElseThrow();
            assertThat(next).as(text).isEqualTo(at.toLocalDateTime());
        }
    }

    private static String field(SplittableRandom random, int least, int most) {
        int from = random.nextInt(least, most + 1);
        int to = random.nextInt(from, most + 1);
        return switch (random.nextInt(5)) {
            case 0 -> "*/" + random.nextInt(1, most);
            case 1 -> Integer.toString(from);
            case 2 -> from + "-" + to;
            case 3 -> from + "-" + to + "/" + random.nextInt(1, most);
            default -> from + "," + to;
        };
    }
}
