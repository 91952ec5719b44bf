package io.millrace.api.rest;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.millrace.api.http.JsonObject;
import io.millrace.api.http.Problem;
import io.millrace.api.http.ProblemException;
import io.millrace.broker.message.DeliveryAttributes;
import io.millrace.broker.message.MessageProperties;
import io.millrace.broker.schedule.CronTiming;
import io.millrace.broker.schedule.IntervalTiming;
import io.millrace.broker.schedule.MissedPolicy;
import io.millrace.broker.schedule.ScheduleSettings;
import io.millrace.broker.schedule.ScheduleTarget;
import io.millrace.broker.schedule.ScheduledMessage;
import io.millrace.broker.schedule.Timing;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads what a request says of a schedule; every fault is a {@link ProblemException}. Stateless; any thread. */
final class ScheduleReader {
    private static final String UTC = "UTC";

    private ScheduleReader() {}

    /** The settings that {@code fields} say; what they do not say is as in {@code base}, or as it is by default. */
    static ScheduleSettings read(JsonObject fields, @Nullable ScheduleSettings base) {
        try {
            Timing timing = timing(fields, base == null ? null : base.timing());
            ScheduleTarget target = target(fields, base == null ? null : base.target());
            MissedPolicy missed = missed(fields.text("missed"), base == null ? MissedPolicy.ONCE : base.missed());
            Boolean isEnabled = fields.flag("enabled");
            ScheduledMessage message = message(fields.any("message"), base == null ? null : base.message());
            fields.end();
            return new ScheduleSettings(
                    timing, target, message, missed, isEnabled == null ? base == null || base.isEnabled() : isEnabled);
        } catch (IllegalArgumentException e) {
            throw invalid(String.valueOf(e.getMessage()));
        }
    }

    private static Timing timing(JsonObject fields, @Nullable Timing base) {
        String cron = fields.text("cron");
        String timeZone = fields.text("timeZone");
        boolean isInterval = fields.has("everyMillis");
        long everyMillis = fields.number(
                "everyMillis", IntervalTiming.EVERY_MILLIS_MIN, IntervalTiming.EVERY_MILLIS_MAX, Timing.NEVER);
        if (isInterval && (cron != null || timeZone != null)) {
            throw invalid("there is an everyMillis, or a cron with its timeZone, not both");
        }
        if (isInterval) {
            return new IntervalTiming(everyMillis);
        }
        CronTiming before = base instanceof CronTiming timing ? timing : null;
        if (cron != null) {
            String otherwise = before == null ? UTC : before.timeZone();
            return CronTiming.of(cron, timeZone == null ? otherwise : timeZone);
        }
        if (timeZone != null) {
            if (before == null) {
                throw invalid("timeZone belongs to a cron, of which there is none");
            }
            return CronTiming.of(before.cron(), timeZone);
        }
        if (base == null) {
            throw missing("cron, or everyMillis,");
        }
        return base;
    }

    private static ScheduleTarget target(JsonObject fields, @Nullable ScheduleTarget base) {
        String queue = fields.text("queue");
        String topic = fields.text("topic");
        String exchange = fields.text("exchange");
        String routingKey = fields.text("routingKey");
        String store = queue != null ? queue : topic;
        boolean areTwo = queue != null && topic != null;
        if (areTwo || (store != null && (exchange != null || routingKey != null))) {
            throw invalid("there is a queue, or a topic, or an exchange with its routingKey, not two of them");
        }
        if (store != null) {
            return queue != null ? ScheduleTarget.queue(store) : ScheduleTarget.topic(store);
        }
        if (exchange != null) {
            return ScheduleTarget.exchange(exchange, routingKey == null ? "" : routingKey);
        }
        if (base == null) {
            throw missing("queue, or topic, or exchange,");
        }
        return routingKey == null ? base : new ScheduleTarget(base.kind(), base.name(), routingKey);
    }

    private static MissedPolicy missed(@Nullable String word, MissedPolicy otherwise) {
        MissedPolicy missed = word == null ? otherwise : MissedPolicy.named(word);
        if (missed == null) {
            throw invalid("missed is none of "
                    + Arrays.stream(MissedPolicy.values())
                            .map(MissedPolicy::word)
                            .collect(Collectors.joining(", ")));
        }
        return missed;
    }

    private static ScheduledMessage message(@Nullable JsonNode node, @Nullable ScheduledMessage base) {
        if (node == null) {
            if (base == null) {
                throw missing("message");
            }
            return base;
        }
        ArrayNode only = JsonNodeFactory.instance.arrayNode().add(node);
        ByteBuf bodies = Unpooled.buffer();
        Template template = new Template();
        try (JsonParser json = only.traverse()) {
            BatchReader.readMessages(json, bodies, 0, template);
            return template.message();
        } catch (IOException e) {
            throw new UncheckedIOException("a tree can be read", e);
        }
    }

    private static ProblemException invalid(String detail) {
        return new ProblemException(Problem.INVALID_VALUE, detail);
    }

    private static ProblemException missing(String what) {
        return new ProblemException(Problem.MALFORMED_JSON, what + " is missing");
    }

    /** The one message that is read; it is in memory of its own. */
    private static final class Template implements MessageTarget {
        private @Nullable ScheduledMessage message;

        ScheduledMessage message() {
            if (message == null) {
                throw missing("message");
            }
            return message;
        }

        @Override
        public void add(
                MessageAddress address, DeliveryAttributes attributes, MessageProperties properties, ByteBuf body) {
            message = new ScheduledMessage(attributes, properties, ByteBufUtil.getBytes(body));
            body.release();
        }

        @Override
        public void release() {
            // It holds no buffer.
        }
    }
}
