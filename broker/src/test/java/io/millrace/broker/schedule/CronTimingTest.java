package io.millrace.broker.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.testkit.SeedSource;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When a cron expression is due in a time zone, above all where clocks are set there. */
class CronTimingTest {
    private static final String BERLIN = "Europe/Berlin";

    private static long millis(String instant) {
        return Instant.parse(instant).toEpochMilli();
    }

    private static List<String> times(String cron, String zone, String after, int count) {
        CronTiming timing = CronTiming.of(cron, zone);
        List<String> times = new ArrayList<>();
        long at = millis(after);
        for (int i = 0; i < count; i++) {
            at = timing.next(at, 0);
            times.add(Instant.ofEpochMilli(at).toString());
        }
        return times;
    }

    @Test
    void aTimeOfDayIsThatOfTheZone() {
        assertThat(times("30 8 * * *", BERLIN, "2026-01-01T07:29:59Z", 2))
                .containsExactly("2026-01-01T07:30:00Z", "2026-01-02T07:30:00Z");
        assertThat(times("30 8 * * *", BERLIN, "2026-07-01T00:00:00Z", 1)).containsExactly("2026-07-01T06:30:00Z");
        assertThat(times("30 8 * * *", "+05:30", "2026-07-01T00:00:00Z", 1)).containsExactly("2026-07-01T03:00:00Z");
        assertThat(times("0 0 * * *", "UTC", "2026-07-01T00:00:00Z", 1)).containsExactly("2026-07-02T00:00:00Z");
    }

    @Test
    void whatIsDueIsNotDueAgainWithinItsSecond() {
        CronTiming timing = CronTiming.of("* * * * * *", "UTC");
        long second = millis("2026-01-01T00:00:01Z");

        assertThat(timing.next(second - 1, 0)).isEqualTo(second);
        assertThat(timing.next(second, 0)).isEqualTo(second + 1_000);
        assertThat(timing.next(second + 999, 0)).isEqualTo(second + 1_000);
    }

    /** On 29 March 2026 clocks go from 02:00 to 03:00 in Berlin, at 01:00Z. */
    @Test
    void aTimeThatIsLeftOutIsDueAtTheMomentOfTheChange() {
        assertThat(times("30 2 * * *", BERLIN, "2026-03-28T00:00:00Z", 3))
                .containsExactly("2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z");
    }

    @Test
    void timesThatAreLeftOutTogetherAreOne() {
        assertThat(times("*/20 2,3 * * *", BERLIN, "2026-03-28T23:00:00Z", 4))
                .containsExactly(
                        "2026-03-29T01:00:00Z", "2026-03-29T01:20:00Z", "2026-03-29T01:40:00Z", "2026-03-30T00:00:00Z");
    }

    /** On 25 October 2026 clocks go from 03:00 to 02:00 in Berlin, at 01:00Z. */
    @Test
    void aTimeThatComesTwiceIsDueOnce() {
        assertThat(times("30 2 * * *", BERLIN, "2026-10-24T12:00:00Z", 2))
                .containsExactly("2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z");
        assertThat(times("30 2 * * *", BERLIN, "2026-10-25T01:15:00Z", 1))
                .as("asked between the two")
                .containsExactly("2026-10-26T01:30:00Z");
        assertThat(times("*/30 1-3 * * *", BERLIN, "2026-10-24T23:29:00Z", 6))
                .containsExactly(
                        "2026-10-24T23:30:00Z",
                        "2026-10-25T00:00:00Z",
                        "2026-10-25T00:30:00Z",
                        "2026-10-25T02:00:00Z",
                        "2026-10-25T02:30:00Z",
                        "2026-10-26T00:00:00Z");
    }

    @Test
    void whatIsDueEveryHourGoesByTheClock() {
        assertThat(times("30 * * * *", BERLIN, "2026-03-29T00:00:00Z", 3))
                .containsExactly("2026-03-29T00:30:00Z", "2026-03-29T01:30:00Z", "2026-03-29T02:30:00Z");
        assertThat(times("30 * * * *", BERLIN, "2026-10-24T23:45:00Z", 3))
                .containsExactly("2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2026-10-25T02:30:00Z");
        assertThat(times("0 */2 * * *", BERLIN, "2026-10-24T23:00:00Z", 3))
                .as("02:00 twice, then 04:00")
                .containsExactly("2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z", "2026-10-25T03:00:00Z");
    }

    /** The day that the clock of Cairo begins at 01:00 has its midnight. */
    @Test
    void aDayThatBeginsAnHourLateIsNotLeftOut() {
        assertThat(times("0 0 * * *", "Africa/Cairo", "2026-04-23T12:00:00Z", 2))
                .containsExactly("2026-04-23T22:00:00Z", "2026-04-24T21:00:00Z");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Europe/Nowhere", "CEST 7", "+25:00"})
    void aZoneThatIsNoneIsRefused(String zone) {
        assertThatThrownBy(() -> CronTiming.of("* * * * *", zone))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("timeZone ");
    }

    /** The rules, minute by minute, around the changes of zones that change in different ways. */
    @ParameterizedTest
    @SeedSource(runs = 60)
    void theRulesHoldMinuteByMinute(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        String[] names = {BERLIN, "Australia/Lord_Howe", "America/St_Johns", "Africa/Cairo", "Pacific/Apia", "UTC"};
        ZoneId zone = ZoneId.of(names[random.nextInt(names.length)]);
        boolean isEveryHour = random.nextBoolean();
        int step = random.nextInt(1, 31);
        int hour = random.nextInt(0, 5);
        String cron = "*/" + step + (isEveryHour ? " * * * *" : " " + hour + "-" + (hour + 1) + " * * *");
        CronTiming timing = CronTiming.of(cron, zone.getId());
        var change = zone.getRules()
                .nextTransition(Instant.parse("2026-01-01T00:00:00Z").plusSeconds(random.nextInt(40_000_000)));
        Instant middle = change == null ? Instant.parse("2026-06-01T00:00:00Z") : change.getInstant();
        Instant from = middle.minusSeconds(86_400);
        Instant end = middle.plusSeconds(86_400);

        List<Instant> expected = isEveryHour ? shown(zone, step, from, end) : ofDays(zone, step, hour, from, end);

        List<Instant> found = new ArrayList<>();
        for (long at = timing.next(from.toEpochMilli() - 1, 0); at < end.toEpochMilli(); at = timing.next(at, 0)) {
            found.add(Instant.ofEpochMilli(at));
        }
        assertThat(found).as("%s in %s around %s", cron, zone, middle).isEqualTo(expected);
    }

    private static List<Instant> shown(ZoneId zone, int step, Instant from, Instant end) {
        List<Instant> times = new ArrayList<>();
        for (Instant at = from; at.isBefore(end); at = at.plusSeconds(60)) {
            if (at.atZone(zone).getMinute() % step == 0) {
                times.add(at);
            }
        }
        return times;
    }

    private static List<Instant> ofDays(ZoneId zone, int step, int hour, Instant from, Instant end) {
        List<Instant> times = new ArrayList<>();
        LocalDateTime day = LocalDateTime.ofInstant(from, zone).minusDays(2).with(LocalTime.MIDNIGHT);
        for (LocalDateTime at = day; at.isBefore(day.plusDays(6)); at = at.plusMinutes(1)) {
            if ((at.getHour() == hour || at.getHour() == hour + 1) && at.getMinute() % step == 0) {
                var gap = zone.getRules().getTransition(at);
                Instant due = gap != null && gap.isGap()
                        ? gap.getInstant()
                        : ZonedDateTime.of(at, zone)
                                .withEarlierOffsetAtOverlap()
                                .toInstant();
                if (!due.isBefore(from) && due.isBefore(end) && !times.contains(due)) {
                    times.add(due);
                }
            }
        }
        return times;
    }
}
