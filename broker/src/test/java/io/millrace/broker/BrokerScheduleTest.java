package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.ScheduleRig.Fired;
import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.broker.routing.BindingRequest;
import io.millrace.broker.routing.Destination;
import io.millrace.broker.routing.ExchangeKey;
import io.millrace.broker.routing.ExchangeSettings;
import io.millrace.broker.routing.ExchangeType;
import io.millrace.broker.routing.MatchArguments;
import io.millrace.broker.schedule.CronTiming;
import io.millrace.broker.schedule.IntervalTiming;
import io.millrace.broker.schedule.MissedPolicy;
import io.millrace.broker.schedule.Schedule;
import io.millrace.broker.schedule.ScheduleCounts;
import io.millrace.broker.schedule.ScheduleSettings;
import io.millrace.broker.schedule.ScheduleStatus.State;
import io.millrace.broker.schedule.ScheduleTable;
import io.millrace.broker.schedule.ScheduleTarget;
import io.millrace.broker.schedule.Timing;
import io.millrace.engine.Shard;
import io.millrace.engine.policy.EngineLimits;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Schedules in a broker: they fire when they are due, once, whatever is done to the clock and to the process. */
class BrokerScheduleTest {
    private static final long SECOND = 1_000;
    private static final long MINUTE = 60 * SECOND;
    private static final long HOUR = 60 * MINUTE;
    private static final IntervalTiming TEN_MINUTES = new IntervalTiming(10 * MINUTE);

    private BrokerRig rig;
    private ScheduleRig schedules;
    private QueueDefinition queue;

    @BeforeEach
    void open() throws IOException {
        rig = BrokerRig.small();
        schedules = new ScheduleRig(rig);
        queue = schedules.queue("q");
    }

    @AfterEach
    void close() throws IOException {
        rig.close();
    }

    private static ScheduleSettings settings(Timing timing, MissedPolicy missed) {
        return ScheduleRig.settings(timing, ScheduleTarget.queue("q"), missed);
    }

    private long now() {
        return rig.world.clock().epochMillis();
    }

    private void jump(long millis) {
        rig.world.clock().jumpWall(millis);
    }

    /** Lets time pass in steps of a second, as it does, up to {@code millis}. */
    private void passSlowly(long millis) {
        for (long left = millis; left > 0; left -= SECOND) {
            rig.pass(1);
        }
    }

    private static void assertRefused(BrokerRig rig, CompletableFuture<?> asked, BrokerError error) {
        assertThatThrownBy(() -> rig.answer(asked))
                .isInstanceOfSatisfying(
                        BrokerException.class, e -> assertThat(e.error()).isEqualTo(error));
    }

    @Test
    void itFiresWhenItIsDueAndSaysForWhichTime() {
        Schedule made = schedules.create("s", settings(CronTiming.of("*/10 * * * * *", "UTC"), MissedPolicy.SKIP));
        long first = made.createdMillis() / (10 * SECOND) * (10 * SECOND) + 10 * SECOND;

        passSlowly(9 * SECOND);
        assertThat(schedules.take(queue)).isEmpty();
        passSlowly(12 * SECOND);

        assertThat(schedules.take(queue))
                .containsExactly(new Fired("s", first, "tick"), new Fired("s", first + 10 * SECOND, "tick"));
        assertThat(schedules.status("s").lastMillis()).isEqualTo(first + 10 * SECOND);
        assertThat(schedules.status("s").nextMillis()).isEqualTo(first + 20 * SECOND);
        assertThat(schedules.status("s").state()).isEqualTo(State.ACTIVE);
    }

    @ParameterizedTest
    @EnumSource
    void whatWasMissedWhileTheBrokerWasDownIsThePolicys(MissedPolicy missed) throws IOException {
        long since = schedules.create("s", settings(TEN_MINUTES, missed)).sinceMillis();
        rig.pass(601);
        assertThat(schedules.dues(queue)).containsExactly(since + 10 * MINUTE);

        rig.world.clock().advance(TimeUnit.MINUTES.toNanos(35));
        rig.crash();
        rig.pass(1);

        List<Long> expected =
                switch (missed) {
                    case SKIP -> List.of();
                    case ONCE -> List.of(since + 40 * MINUTE);
                    case EACH -> List.of(since + 20 * MINUTE, since + 30 * MINUTE, since + 40 * MINUTE);
                };
        assertThat(schedules.dues(queue)).isEqualTo(expected);
        rig.pass(300);
        assertThat(schedules.dues(queue)).containsExactly(since + 50 * MINUTE);
    }

    @ParameterizedTest
    @EnumSource
    void aClockThatIsSetForwardIsNoticedAndOneThatIsSetBackFiresNothingAgain(MissedPolicy missed) {
        long since = schedules.create("s", settings(TEN_MINUTES, missed)).sinceMillis();
        rig.pass(1);

        jump(HOUR);
        rig.pass(1);

        int found = schedules.dues(queue).size();
        assertThat(found)
                .isEqualTo(
                        switch (missed) {
                            case SKIP, ONCE -> 1;
                            case EACH -> 6;
                        });
        jump(-HOUR);
        passSlowly(9 * MINUTE);
        rig.pass(49 * 60);
        assertThat(schedules.dues(queue)).as("until it is that late again").isEmpty();
        passSlowly(12 * MINUTE);
        assertThat(schedules.dues(queue)).containsExactly(since + 70 * MINUTE);
    }

    @Test
    void aFiringIsNotRepeatedAfterARestartUnderAClockThatWasSetBack() throws IOException {
        long since =
                schedules.create("s", settings(TEN_MINUTES, MissedPolicy.EACH)).sinceMillis();
        rig.pass(21 * 60);
        assertThat(schedules.dues(queue)).containsExactly(since + 10 * MINUTE, since + 20 * MINUTE);

        jump(-HOUR);
        rig.crash();
        rig.pass(61 * 60);
        assertThat(schedules.dues(queue)).isEmpty();
        rig.pass(10 * 60);

        assertThat(schedules.dues(queue)).containsExactly(since + 30 * MINUTE);
    }

    @Test
    void whereItsQueueIsGoneItStaysDueAndFiresWhenItIsThereAgain() {
        long since =
                schedules.create("s", settings(TEN_MINUTES, MissedPolicy.SKIP)).sinceMillis();
        rig.answer(rig.broker.deleteQueue(queue));

        passSlowly(11 * MINUTE);

        assertThat(schedules.status("s").state()).isEqualTo(State.FAILING);
        assertThat(schedules.status("s").failure()).isEqualTo("there is no queue q");
        assertThat(schedules.status("s").nextMillis()).isEqualTo(since + 10 * MINUTE);
        assertThat(schedules.status("s").lastMillis()).isEqualTo(ScheduleTable.NOT_FIRED);

        queue = schedules.queue("q");
        passSlowly(MINUTE + SECOND);
        assertThat(schedules.dues(queue)).containsExactly(since + 10 * MINUTE);
        assertThat(schedules.status("s").state()).isEqualTo(State.ACTIVE);
        assertThat(schedules.status("s").failure()).isNull();
    }

    @Test
    void itWaitsLongerFromFailureToFailureButNoLongerThanAMinute() {
        schedules.create("s", ScheduleRig.settings(TEN_MINUTES, ScheduleTarget.queue("none"), MissedPolicy.ONCE));
        rig.pass(600);
        QueueDefinition there = null;
        int seconds = 0;
        for (int second = 1; second <= 180; second++) {
            if (second == 70) {
                there = schedules.queue("none");
            }
            rig.pass(1);
            if (there != null && seconds == 0 && rig.stats(there).ready() > 0) {
                seconds = second;
            }
        }
        assertThat(seconds).isBetween(1 + 2 + 4 + 8 + 16 + 32 + 60, 1 + 2 + 4 + 8 + 16 + 32 + 60 + 4);
    }

    @ParameterizedTest
    @EnumSource
    void whatTheyHaveDoneIsCounted(MissedPolicy missed) {
        schedules.create("s", settings(TEN_MINUTES, missed));
        schedules.create("lost", ScheduleRig.settings(new IntervalTiming(HOUR), ScheduleTarget.queue("none"), missed));
        passSlowly(11 * MINUTE);
        assertThat(counts()).isEqualTo(new ScheduleCounts(1, 0, 0, 0));

        jump(30 * MINUTE + 5 * MINUTE);
        passSlowly(MINUTE);
        long made = missed == MissedPolicy.SKIP ? 0 : missed == MissedPolicy.ONCE ? 1 : 3;
        assertThat(counts()).isEqualTo(new ScheduleCounts(1 + made, 1, 0, 0));

        passSlowly(12 * MINUTE);
        assertThat(counts().fired()).isEqualTo(2 + made);
        assertThat(counts().missed()).isOne();
        passSlowly(2 * MINUTE + 10 * SECOND);
        assertThat(counts().failed()).isBetween(5L, 8L);
        assertThat(counts().failing()).isOne();
        schedules.delete("lost");
        assertThat(counts().failing()).isZero();
    }

    private ScheduleCounts counts() {
        return rig.answer(rig.broker.scheduler().counts());
    }

    @Test
    void aChangeOfWhatFailsIsTriedAtOnce() {
        ScheduleSettings wrong = ScheduleRig.settings(TEN_MINUTES, ScheduleTarget.queue("none"), MissedPolicy.ONCE);
        long since = schedules.create("s", wrong).sinceMillis();
        passSlowly(12 * MINUTE);

        schedules.change("s", settings(TEN_MINUTES, MissedPolicy.ONCE));
        rig.pass(0);

        assertThat(schedules.dues(queue)).containsExactly(since + 10 * MINUTE);
    }

    @Test
    void throughAnExchangeItIsInAllQueuesOrInNone() throws IOException {
        ExchangeKey key = new ExchangeKey(SpaceName.ROOT, new ResourceName("x"));
        rig.answer(rig.broker.catalog().exchanges().create(key, ExchangeSettings.of(ExchangeType.TOPIC)));
        List<QueueDefinition> queues = new ArrayList<>();
        for (String name : List.of("a", "b", "c", "d", "e")) {
            queues.add(schedules.queue(name));
            rig.answer(rig.broker
                    .catalog()
                    .exchanges()
                    .bind(new BindingRequest(
                            key, Destination.Kind.QUEUE, new ResourceName(name), "tick.#", MatchArguments.NONE, null)));
        }
        ScheduleSettings settings =
                ScheduleRig.settings(TEN_MINUTES, ScheduleTarget.exchange("x", "tick.hour"), MissedPolicy.EACH);
        long since = schedules.create("s", settings).sinceMillis();
        schedules.create(
                "lost", ScheduleRig.settings(TEN_MINUTES, ScheduleTarget.exchange("x", "else"), MissedPolicy.EACH));

        rig.pass(21 * 60);
        rig.crash();

        for (QueueDefinition each : queues) {
            assertThat(schedules.dues(each)).containsExactly(since + 10 * MINUTE, since + 20 * MINUTE);
        }
        assertThat(schedules.status("lost").lastMillis())
                .as("it was fired, to nobody")
                .isPositive();
        assertThat(schedules.dues(queue)).isEmpty();
    }

    @Test
    void whileItIsDisabledNothingIsMissed() throws IOException {
        ScheduleSettings settings = settings(TEN_MINUTES, MissedPolicy.EACH);
        schedules.create("s", ScheduleRig.disabled(settings));
        rig.pass(3_600);
        assertThat(schedules.status("s").state()).isEqualTo(State.DISABLED);
        assertThat(schedules.status("s").nextMillis()).isEqualTo(Timing.NEVER);

        Schedule enabled = schedules.change("s", settings);
        rig.crash();
        rig.pass(601);
        assertThat(schedules.dues(queue)).containsExactly(enabled.sinceMillis() + 10 * MINUTE);

        schedules.change("s", ScheduleRig.disabled(settings));
        rig.pass(3_600);
        assertThat(schedules.dues(queue)).isEmpty();
    }

    @Test
    void aScheduleThatIsRemovedFiresNoMoreAndOneOfItsNameHasNothingOfIt() throws IOException {
        Schedule old = schedules.create("s", settings(TEN_MINUTES, MissedPolicy.EACH));
        rig.pass(601);
        schedules.delete("s");
        rig.pass(3_600);
        assertThat(schedules.dues(queue)).hasSize(1);
        rig.crash();

        Schedule made = schedules.create("s", settings(TEN_MINUTES, MissedPolicy.EACH));
        assertThat(made.id()).isNotEqualTo(old.id());
        assertThat(schedules.status("s").lastMillis()).isEqualTo(ScheduleTable.NOT_FIRED);
        rig.pass(601);
        assertThat(schedules.dues(queue)).containsExactly(made.sinceMillis() + 10 * MINUTE);
    }

    @Test
    void theCatalogDoesNotGrowWithFirings() throws IOException {
        schedules.create("s", settings(new IntervalTiming(SECOND), MissedPolicy.EACH));
        passSlowly(300 * SECOND);
        assertThat(schedules.dues(queue)).hasSize(300);

        for (int life = 0; life < 2; life++) {
            assertThat(living()).as("the queue, the schedule, its last firing").isEqualTo(3);
            rig.crash();
            rig.pass(1);
        }
        schedules.delete("s");
        rig.pass(1);
        assertThat(living()).isEqualTo(1);
    }

    private long living() {
        CompletableFuture<Long> living = new CompletableFuture<>();
        Shard shard = rig.broker.catalogShard();
        shard.loop()
                .execute(() -> living.complete(shard.stats(Shard.CATALOG_LOG).ready()));
        return rig.answer(living);
    }

    @Test
    void manyAreDueAtTheSameMoment() {
        for (int i = 0; i < 300; i++) {
            schedules.create("s" + i, settings(CronTiming.of("0 12 * * *", "UTC"), MissedPolicy.ONCE));
        }
        rig.pass(12 * 3_600);

        assertThat(schedules.take(queue).stream().map(Fired::schedule).distinct())
                .hasSize(300);
        rig.pass(3_600);
        assertThat(schedules.take(queue)).isEmpty();
    }

    @Test
    void whatIsRefusedBecauseTooMuchWaitsIsFiredLaterAndOnce() throws IOException {
        rig.close();
        rig = BrokerRig.small(new EngineLimits(100_000, 1_000));
        schedules = new ScheduleRig(rig);
        for (int i = 0; queue.shard() != 0; i++) { // so that all are asked for before the first is synced
            queue = schedules.queue("q" + i);
        }
        ScheduleSettings large = new ScheduleSettings(
                CronTiming.of("0 12 * * *", "UTC"),
                ScheduleTarget.queue(queue.queue().name().value()),
                ScheduleRig.message("x".repeat(30_000)),
                MissedPolicy.SKIP,
                true);
        for (int i = 0; i < 10; i++) {
            schedules.create("s" + i, large);
        }

        rig.pass(12 * 3_600);
        assertThat(rig.stats(queue).ready()).as("some are refused").isBetween(1L, 9L);
        passSlowly(2 * MINUTE);

        assertThat(schedules.take(queue).stream().map(Fired::schedule))
                .hasSize(10)
                .doesNotHaveDuplicates();
    }

    @Test
    void itFiresNowBesideItsTimes() {
        Schedule made = schedules.create("s", settings(TEN_MINUTES, MissedPolicy.ONCE));

        assertThat(rig.answer(rig.broker.fireNow(made)))
                .singleElement()
                .satisfies(stored -> assertThat(stored.log().name()).isEqualTo("q"));

        assertThat(schedules.dues(queue)).containsExactly(now());
        assertThat(schedules.status("s").lastMillis()).isEqualTo(ScheduleTable.NOT_FIRED);
        rig.answer(rig.broker.deleteQueue(queue));
        assertThatThrownBy(() -> rig.broker.fireNow(made)).hasMessage("there is no queue q");
    }

    @Test
    void makingAgainIsFineAndWithOtherSettingsRefused() throws IOException {
        Schedule made = schedules.create("s", settings(TEN_MINUTES, MissedPolicy.ONCE));
        rig.crash();
        var catalog = rig.broker.catalog().schedules();

        assertThat(rig.answer(catalog.create(ScheduleRig.key("s"), settings(TEN_MINUTES, MissedPolicy.ONCE)))
                        .isNew())
                .isFalse();
        assertRefused(
                rig,
                catalog.create(ScheduleRig.key("s"), settings(TEN_MINUTES, MissedPolicy.SKIP)),
                BrokerError.SCHEDULE_EXISTS);
        assertRefused(rig, catalog.change(ScheduleRig.key("t"), there -> there), BrokerError.SCHEDULE_NOT_FOUND);
        assertRefused(rig, catalog.delete(ScheduleRig.key("t")), BrokerError.SCHEDULE_NOT_FOUND);
        assertThat(rig.broker.catalog().snapshot().schedules().all())
                .singleElement()
                .satisfies(each -> assertThat(each.id()).isEqualTo(made.id()));
    }

    @Test
    void aSpaceWithAScheduleIsNotEmpty() {
        SpaceName shop = new SpaceName("shop");
        var key = new io.millrace.broker.schedule.ScheduleKey(shop, new ResourceName("s"));
        var catalog = rig.broker.catalog();
        assertRefused(
                rig,
                catalog.schedules().create(key, settings(TEN_MINUTES, MissedPolicy.ONCE)),
                BrokerError.SPACE_NOT_FOUND);
        rig.answer(catalog.createSpace(shop));
        rig.answer(catalog.schedules().create(key, settings(TEN_MINUTES, MissedPolicy.ONCE)));

        assertRefused(rig, catalog.deleteSpace(shop), BrokerError.SPACE_NOT_EMPTY);
        rig.answer(catalog.schedules().delete(key));
        rig.answer(catalog.deleteSpace(shop));
    }
}
