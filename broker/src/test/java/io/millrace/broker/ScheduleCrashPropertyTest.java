package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

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
import io.millrace.broker.schedule.ScheduleSettings;
import io.millrace.broker.schedule.ScheduleTarget;
import io.millrace.broker.schedule.Timing;
import io.millrace.testkit.SeedSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;

/**
 * Schedules in a broker whose process ends at any point and whose clock is set by an hour either way, beside a plain
 * model that walks from due time to due time: every queue has what the model has fired, each once and in order.
 */
class ScheduleCrashPropertyTest {
    private static final long SECOND = 1_000;
    private static final long MINUTE = 60 * SECOND;
    private static final long HOUR = 60 * MINUTE;
    private static final int ACTIONS = 60;
    private static final List<MissedPolicy> MISSED = List.of(MissedPolicy.values());
    private static final String[] ZONES = {"UTC", "Europe/Berlin", "Australia/Lord_Howe"};

    private SplittableRandom random;
    private BrokerRig rig;
    private ScheduleRig schedules;
    private final List<QueueDefinition> queues = new ArrayList<>();
    private final List<Model> models = new ArrayList<>();
    private int fired;

    /** What a schedule is to have fired, looked at whenever the broker is at rest. */
    private static final class Model {
        private final Schedule schedule;
        private final List<Long> fired = new ArrayList<>();
        private long doneMillis;
        /** What was skipped in this life is not looked at again. */
        private long passedMillis;

        Model(Schedule schedule) {
            this.schedule = schedule;
            this.doneMillis = schedule.sinceMillis();
            this.passedMillis = doneMillis;
        }

        void restart() {
            passedMillis = doneMillis;
        }

        void look(long nowMillis) {
            if (passedMillis > doneMillis && schedule.next(passedMillis) > nowMillis) {
                return;
            }
            List<Long> due = new ArrayList<>();
            for (long at = schedule.next(doneMillis); at <= nowMillis; at = schedule.next(at)) {
                due.add(at);
            }
            if (due.isEmpty()) {
                return;
            }
            long last = due.get(due.size() - 1);
            switch (schedule.settings().missed()) {
                case EACH ->
                    due.subList(Math.max(0, due.size() - MissedPolicy.MISSED_MAX), due.size())
                            .forEach(this::fire);
                case ONCE -> fire(last);
                case SKIP -> {
                    if (nowMillis - last <= MissedPolicy.LATE_MILLIS_MAX) {
                        fire(last);
                    } else {
                        passedMillis = last;
                    }
                }
            }
        }

        private void fire(long dueMillis) {
            fired.add(dueMillis);
            doneMillis = dueMillis;
            passedMillis = dueMillis;
        }
    }

    @ParameterizedTest
    @SeedSource(runs = 15)
    void eachDueTimeIsFiredOnceOrIsThePolicys(long seed) throws IOException {
        random = new SplittableRandom(seed);
        rig = BrokerRig.ofAnyShape(random);
        schedules = new ScheduleRig(rig);
        setUp();
        for (int i = 0; i < ACTIONS; i++) {
            act();
        }
        rig.world.clock().advance(24 * HOUR * 1_000_000);
        run();
        assertThat(fired).isPositive();
    }

    @AfterEach
    void close() throws IOException {
        rig.close();
    }

    private void setUp() {
        ExchangeKey exchange = new ExchangeKey(SpaceName.ROOT, new ResourceName("x"));
        rig.answer(rig.broker.catalog().exchanges().create(exchange, ExchangeSettings.of(ExchangeType.FANOUT)));
        rig.world.clock().jumpWall(random.nextLong(365 * 24 * HOUR));
        for (int i = 0; i < 3; i++) {
            String name = "q" + i;
            queues.add(schedules.queue(name));
            rig.answer(rig.broker
                    .catalog()
                    .exchanges()
                    .bind(new BindingRequest(
                            exchange, Destination.Kind.QUEUE, new ResourceName(name), "", MatchArguments.NONE, null)));
        }
        for (int i = 0; i < 4; i++) {
            MissedPolicy missed = i == 0 ? MissedPolicy.EACH : MISSED.get(random.nextInt(MISSED.size()));
            ScheduleSettings settings = new ScheduleSettings(
                    timing(),
                    ScheduleTarget.exchange("x", ""),
                    ScheduleRig.message("x".repeat(random.nextInt(4_000))),
                    missed,
                    true);
            models.add(new Model(schedules.create("s" + i, settings)));
        }
    }

    private Timing timing() {
        if (random.nextBoolean()) {
            return new IntervalTiming(random.nextLong(30 * SECOND, 20 * MINUTE));
        }
        String minutes = "*/" + random.nextInt(2, 30);
        String hours = random.nextBoolean() ? "*" : "*/" + random.nextInt(1, 4);
        return CronTiming.of(minutes + " " + hours + " * * *", ZONES[random.nextInt(ZONES.length)]);
    }

    /** Sets the clock, or lets time pass without anybody noticing; then mostly lets the broker run. */
    private void act() throws IOException {
        switch (random.nextInt(6)) {
            case 0 -> rig.world.clock().jumpWall(HOUR);
            case 1 -> rig.world.clock().jumpWall(-HOUR);
            default -> rig.world.clock().advance(random.nextLong(20 * MINUTE) * 1_000_000);
        }
        if (random.nextInt(3) > 0) {
            run();
        }
    }

    /**
     * Lets the broker do all that is due at this moment, with the end of the process at any point of it, and has the
     * model do the same. What was cut short is done again, at the same moment.
     */
    private void run() throws IOException {
        rig.world.clock().advance(SECOND * 1_000_000); // so that it sees what was done to the clock
        for (int lives = random.nextInt(3); lives > 0; lives--) {
            for (int steps = random.nextInt(300); steps > 0; steps--) {
                rig.world.step();
            }
            rig.crash();
            models.forEach(Model::restart);
        }
        rig.pass(0);
        models.forEach(each -> each.look(rig.world.clock().epochMillis()));
        compare();
    }

    private void compare() {
        for (QueueDefinition queue : queues) {
            List<ScheduleRig.Fired> taken = schedules.take(queue);
            for (Model each : models) {
                assertThat(taken.stream()
                                .filter(fired -> fired.schedule().equals(each.schedule.name()))
                                .map(ScheduleRig.Fired::dueMillis))
                        .as("%s %s in %s", each.schedule.name(), each.schedule.settings(), queue.queue())
                        .isEqualTo(each.fired);
            }
        }
        for (Model each : models) {
            fired += each.fired.size();
            each.fired.clear();
        }
    }
}
