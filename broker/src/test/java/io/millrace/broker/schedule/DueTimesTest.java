package io.millrace.broker.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.ResourceName;
import io.millrace.broker.SpaceName;
import io.millrace.broker.message.DeliveryAttributes;
import io.millrace.broker.message.MessageProperties;
import io.millrace.testkit.SeedSource;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which of the due times that have passed are fired. */
class DueTimesTest {
    private static final long SINCE = Instant.parse("2026-01-01T00:00:00Z").toEpochMilli();
    private static final long MINUTE = 60_000;
    private static final long NEVER = Timing.NEVER;

    private static Schedule schedule(Timing timing, MissedPolicy missed) {
        ScheduledMessage message = new ScheduledMessage(DeliveryAttributes.NONE, MessageProperties.NONE, new byte[0]);
        return new Schedule(
                new ScheduleKey(SpaceName.ROOT, new ResourceName("s")),
                1,
                SINCE,
                SINCE,
                new ScheduleSettings(timing, ScheduleTarget.queue("q"), message, missed, true));
    }

    private static Schedule everyTenMinutes(MissedPolicy missed) {
        return schedule(new IntervalTiming(10 * MINUTE), missed);
    }

    @ParameterizedTest
    @EnumSource
    void nothingIsDueBeforeItsTime(MissedPolicy missed) {
        Schedule schedule = everyTenMinutes(missed);

        assertThat(DueTimes.at(schedule, ScheduleTable.NOT_FIRED, SINCE))
                .isEqualTo(new DueTimes(NEVER, SINCE + 10 * MINUTE));
        assertThat(DueTimes.at(schedule, SINCE + 10 * MINUTE, SINCE + 20 * MINUTE - 1))
                .isEqualTo(new DueTimes(NEVER, SINCE + 20 * MINUTE));
        assertThat(DueTimes.at(schedule, SINCE + 10 * MINUTE, SINCE + 20 * MINUTE))
                .isEqualTo(new DueTimes(SINCE + 20 * MINUTE, NEVER));
    }

    @Test
    void ofThoseThatWereMissedThePolicyDecides() {
        long now = SINCE + 35 * MINUTE;

        assertThat(DueTimes.at(everyTenMinutes(MissedPolicy.ONCE), SINCE, now))
                .isEqualTo(new DueTimes(SINCE + 30 * MINUTE, NEVER));
        assertThat(DueTimes.at(everyTenMinutes(MissedPolicy.EACH), SINCE, now))
                .isEqualTo(new DueTimes(SINCE + 10 * MINUTE, NEVER));
        assertThat(DueTimes.at(everyTenMinutes(MissedPolicy.SKIP), SINCE, now))
                .isEqualTo(new DueTimes(NEVER, SINCE + 40 * MINUTE));
        assertThat(DueTimes.at(everyTenMinutes(MissedPolicy.SKIP), SINCE, SINCE + 31 * MINUTE))
                .as("a minute late is in time")
                .isEqualTo(new DueTimes(SINCE + 30 * MINUTE, NEVER));
        assertThat(DueTimes.at(everyTenMinutes(MissedPolicy.SKIP), SINCE, SINCE + 31 * MINUTE + 1))
                .isEqualTo(new DueTimes(NEVER, SINCE + 40 * MINUTE));
    }

    @Test
    void ofVeryManyTheLastHundredAreMadeUpFor() {
        Schedule everySecond = schedule(CronTiming.of("* * * * * *", "Europe/Berlin"), MissedPolicy.EACH);
        long now = SINCE + 365L * 24 * 60 * MINUTE;

        assertThat(DueTimes.at(everySecond, SINCE, now).fireMillis()).isEqualTo(now - 99_000);
        assertThat(DueTimes.at(everySecond, now - 100_000, now).fireMillis()).isEqualTo(now - 99_000);
        assertThat(DueTimes.at(everySecond, now - 99_000, now).fireMillis()).isEqualTo(now - 98_000);
    }

    @Test
    void aClockThatWasSetBackMakesNothingDueAgain() {
        for (MissedPolicy missed : MissedPolicy.values()) {
            assertThat(DueTimes.at(everyTenMinutes(missed), SINCE + 60 * MINUTE, SINCE + 5 * MINUTE))
                    .isEqualTo(new DueTimes(NEVER, SINCE + 70 * MINUTE));
        }
    }

    @Test
    void whatWasDueBeforeItCountsIsNot() {
        Schedule made = everyTenMinutes(MissedPolicy.EACH);
        ScheduleSettings disabled = new ScheduleSettings(
                made.settings().timing(),
                made.settings().target(),
                made.settings().message(),
                MissedPolicy.EACH,
                false);
        Schedule again = made.with(disabled, SINCE + MINUTE).with(made.settings(), SINCE + 25 * MINUTE);

        assertThat(again.sinceMillis()).isEqualTo(SINCE + 25 * MINUTE);
        assertThat(DueTimes.at(again, ScheduleTable.NOT_FIRED, SINCE + 34 * MINUTE)
                        .nextMillis())
                .isEqualTo(SINCE + 35 * MINUTE);
        Schedule cron = schedule(CronTiming.of("0 * * * *", "UTC"), MissedPolicy.EACH);
        assertThat(made.with(cron.settings(), SINCE + 7 * MINUTE).sinceMillis()).isEqualTo(SINCE + 7 * MINUTE);
        assertThat(cron.with(
                                schedule(CronTiming.of("0 * * * *", "UTC"), MissedPolicy.ONCE)
                                        .settings(),
                                SINCE + 7 * MINUTE)
                        .sinceMillis())
                .as("the times are the same")
                .isEqualTo(SINCE);
    }

    @ParameterizedTest
    @SeedSource(runs = 100)
    void aListOfAllTimesSaysTheSame(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Timing timing = random.nextBoolean()
                ? new IntervalTiming(random.nextLong(1_000, 5 * MINUTE))
                : CronTiming.of("*/" + random.nextInt(1, 59) + " */" + random.nextInt(1, 4) + " * * *", "UTC");
        long now = SINCE + random.nextLong(3 * 24 * 60 * MINUTE);
        long done = random.nextInt(3) == 0 ? ScheduleTable.NOT_FIRED : SINCE + random.nextLong(now - SINCE + 1);
        List<Long> due = new ArrayList<>();
        for (long at = timing.next(Math.max(SINCE, done), SINCE); at <= now; at = timing.next(at, SINCE)) {
            due.add(at);
        }
        if (due.isEmpty()) {
            return;
        }
        long last = due.get(due.size() - 1);

        assertThat(DueTimes.at(schedule(timing, MissedPolicy.ONCE), done, now).fireMillis())
                .isEqualTo(last);
        assertThat(DueTimes.at(schedule(timing, MissedPolicy.EACH), done, now).fireMillis())
                .isEqualTo(due.get(Math.max(0, due.size() - MissedPolicy.MISSED_MAX)));
        assertThat(DueTimes.at(schedule(timing, MissedPolicy.SKIP), done, now).fireMillis())
                .isEqualTo(now - last <= MissedPolicy.LATE_MILLIS_MAX ? last : NEVER);
    }

    @Test
    void anIntervalHasAShortestAndALongest() {
        assertThatThrownBy(() -> new IntervalTiming(999)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new IntervalTiming(IntervalTiming.EVERY_MILLIS_MAX + 1))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
