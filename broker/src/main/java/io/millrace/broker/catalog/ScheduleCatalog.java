package io.millrace.broker.catalog;

import io.millrace.base.Clock;
import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;
import io.millrace.broker.catalog.Definition.FiringDefinition;
import io.millrace.broker.catalog.Definition.ScheduleDefinition;
import io.millrace.broker.schedule.Schedule;
import io.millrace.broker.schedule.ScheduleKey;
import io.millrace.broker.schedule.ScheduleSettings;
import io.millrace.engine.Publish;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongConsumer;
import java.util.function.UnaryOperator;

/**
 * The part of the catalog that keeps schedules, and how far each has fired; see {@link Catalog}. Changes may be asked
 * for on any thread.
 */
public final class ScheduleCatalog {
    private final Clock clock;
    private final CatalogLog log;
    /** Set once, before anything changes. */
    private LongConsumer listener = id -> {};

    ScheduleCatalog(Clock clock, CatalogLog log) {
        this.clock = clock;
        this.log = log;
    }

    /**
     * Has {@code whenChanged} told the id of each schedule that is made, changed or removed, on the loop of the
     * catalog's shard, when that is in force. Before the catalog is started.
     */
    public void listen(LongConsumer whenChanged) {
        listener = whenChanged;
    }

    /**
     * Makes a schedule with {@code settings}; where it is there with the same ones, that is the answer; with others,
     * the answer is {@link BrokerError#SCHEDULE_EXISTS}.
     */
    public CompletableFuture<ScheduleCreation> create(ScheduleKey key, ScheduleSettings settings) {
        return log.change(done -> {
            if (!log.working().hasSpace(key.space())) {
                throw new BrokerException(BrokerError.SPACE_NOT_FOUND, "there is no space " + key.space());
            }
            Schedule there = log.working().schedules().get(key);
            if (there != null && !ScheduleDefinitionJson.isSame(there.settings(), settings)) {
                throw new BrokerException(
                        BrokerError.SCHEDULE_EXISTS, "schedule " + key.name() + " exists with other settings");
            }
            if (there != null) {
                log.answerWhenSynced(new ScheduleCreation(there, false), done);
                return;
            }
            long nowMillis = clock.epochMillis();
            Schedule made = new Schedule(key, log.nextId(), nowMillis, nowMillis, settings);
            log.append(
                    new ScheduleDefinition(made),
                    () -> {
                        listener.accept(made.id());
                        done.complete(new ScheduleCreation(made, true));
                    },
                    done);
        });
    }

    /** Changes the settings of a schedule. Where its times change, or it is enabled again, they count from now on. */
    public CompletableFuture<Schedule> change(ScheduleKey key, UnaryOperator<ScheduleSettings> change) {
        return log.change(done -> {
            Schedule there = require(key);
            Schedule changed = there.with(change.apply(there.settings()), clock.epochMillis());
            log.append(
                    new ScheduleDefinition(changed),
                    () -> {
                        listener.accept(changed.id());
                        done.complete(changed);
                    },
                    done);
        });
    }

    /** Removes a schedule. A firing that is under way is still done. */
    public CompletableFuture<Schedule> delete(ScheduleKey key) {
        CompletableFuture<ScheduleDefinition> deleted =
                log.change(done -> log.remove(new ScheduleDefinition(require(key)), done));
        return deleted.thenApply(definition -> {
            listener.accept(definition.schedule().id());
            return definition.schedule();
        });
    }

    /**
     * A publish to the log of the catalog that notes that the schedule {@code id} has fired for {@code dueMillis}, for
     * a transaction of which the catalog's shard is the coordinator. At most one for each schedule is under way.
     */
    public Publish firing(long id, long dueMillis) {
        return log.firing(new FiringDefinition(id, dueMillis));
    }

    private Schedule require(ScheduleKey key) {
        Schedule there = log.working().schedules().get(key);
        if (there == null) {
            throw new BrokerException(BrokerError.SCHEDULE_NOT_FOUND, "there is no schedule " + key.name());
        }
        return there;
    }
}
