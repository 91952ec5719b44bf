package io.millrace.broker;

import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.broker.catalog.QueueKey;
import io.millrace.broker.catalog.QueueSettings;
import io.millrace.broker.message.DeliveryAttributes;
import io.millrace.broker.message.MessageProperties;
import io.millrace.broker.message.MessageProperties.Header;
import io.millrace.broker.message.MessageView;
import io.millrace.broker.schedule.MissedPolicy;
import io.millrace.broker.schedule.Schedule;
import io.millrace.broker.schedule.ScheduleKey;
import io.millrace.broker.schedule.ScheduleSettings;
import io.millrace.broker.schedule.ScheduleStatus;
import io.millrace.broker.schedule.ScheduleTarget;
import io.millrace.broker.schedule.ScheduledMessage;
import io.millrace.broker.schedule.Timing;
import io.millrace.engine.Deliveries;
import io.millrace.engine.Receive;
import io.millrace.engine.Refusal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Schedules in a {@link BrokerRig}, and the messages that they have published. */
final class ScheduleRig {
    private final BrokerRig rig;

    ScheduleRig(BrokerRig rig) {
        this.rig = rig;
    }

    static ScheduleKey key(String name) {
        return new ScheduleKey(SpaceName.ROOT, new ResourceName(name));
    }

    static ScheduledMessage message(String body) {
        return new ScheduledMessage(
                DeliveryAttributes.NONE, MessageProperties.NONE, body.getBytes(StandardCharsets.UTF_8));
    }

    static ScheduleSettings settings(Timing timing, ScheduleTarget target, MissedPolicy missed) {
        return new ScheduleSettings(timing, target, message("tick"), missed, true);
    }

    static ScheduleSettings disabled(ScheduleSettings settings) {
        return new ScheduleSettings(settings.timing(), settings.target(), settings.message(), settings.missed(), false);
    }

    Schedule create(String name, ScheduleSettings settings) {
        return rig.answer(rig.broker.catalog().schedules().create(key(name), settings))
                .schedule();
    }

    Schedule change(String name, ScheduleSettings settings) {
        return rig.answer(rig.broker.catalog().schedules().change(key(name), there -> settings));
    }

    void delete(String name) {
        rig.answer(rig.broker.catalog().schedules().delete(key(name)));
    }

    ScheduleStatus status(String name) {
        Schedule schedule = Objects.requireNonNull(
                rig.broker.catalog().snapshot().schedules().get(key(name)));
        return rig.answer(rig.broker.scheduler().statuses(List.of(schedule))).get(0);
    }

    QueueDefinition queue(String name) {
        QueueKey key = new QueueKey(SpaceName.ROOT, new ResourceName(name));
        return rig.answer(rig.broker.catalog().createQueue(key, QueueSettings.DEFAULT))
                .queue();
    }

    /** A message that a schedule has published. */
    record Fired(String schedule, long dueMillis, String body) {}

    /** Takes all messages out of a queue. */
    List<Fired> take(QueueDefinition queue) {
        List<Fired> all = new ArrayList<>();
        List<Fired> some;
        do {
            some = takeSome(queue);
            all.addAll(some);
        } while (!some.isEmpty());
        return all;
    }

    /** For which due times messages are in a queue, which are taken out of it. */
    List<Long> dues(QueueDefinition queue) {
        return take(queue).stream().map(Fired::dueMillis).toList();
    }

    private List<Fired> takeSome(QueueDefinition queue) {
        List<Fired> fired = new ArrayList<>();
        List<BrokerRig.Received> leases = new ArrayList<>();
        CompletableFuture<Void> done = new CompletableFuture<>();
        rig.broker.receive(queue, new Receive(100, 1 << 20, TimeUnit.SECONDS.toNanos(30), 0, true) {
            @Override
            protected void onDelivered(Deliveries messages) {
                MessageView view = new MessageView();
                for (int i = 0; i < messages.size(); i++) {
                    view.show(messages.entry(i), messages.indexInEntry(i));
                    fired.add(fired(view));
                    leases.add(new BrokerRig.Received(
                            "",
                            messages.offset(i),
                            messages.leaseToken(i),
                            1,
                            view.history(messages.storedIn(), messages.offset(i))));
                }
                messages.release();
                done.complete(null);
            }

            @Override
            protected void onRefused(Refusal reason) {
                done.completeExceptionally(new AssertionError(reason));
            }
        });
        rig.answer(done);
        rig.acknowledge(queue, leases);
        return fired;
    }

    private static Fired fired(MessageView view) {
        String name = "";
        long dueMillis = 0;
        for (Header each : view.properties().headers()) {
            if (each.name().equals(ScheduledMessage.NAME_HEADER)) {
                name = (String) each.value();
            } else if (each.name().equals(ScheduledMessage.DUE_HEADER)) {
                dueMillis = (Long) each.value();
            }
        }
        return new Fired(name, dueMillis, view.body().toString(StandardCharsets.UTF_8));
    }
}
