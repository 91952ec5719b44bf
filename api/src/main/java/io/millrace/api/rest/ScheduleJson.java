package io.millrace.api.rest;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.api.text.MessageJson;
import io.millrace.broker.message.DeliveryAttributes;
import io.millrace.broker.message.MessageProperties;
import io.millrace.broker.message.MessageProperties.Header;
import io.millrace.broker.routing.Destination;
import io.millrace.broker.schedule.CronTiming;
import io.millrace.broker.schedule.IntervalTiming;
import io.millrace.broker.schedule.Schedule;
import io.millrace.broker.schedule.ScheduleSettings;
import io.millrace.broker.schedule.ScheduleStatus;
import io.millrace.broker.schedule.ScheduleTable;
import io.millrace.broker.schedule.ScheduleTarget;
import io.millrace.broker.schedule.ScheduledMessage;
import io.millrace.broker.schedule.Timing;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Schedules as answers show them. Stateless; any thread. */
final class ScheduleJson {
    private ScheduleJson() {}

    /** A schedule and how it is, without its message. */
    static ObjectNode write(Schedule schedule, ScheduleStatus status) {
        ScheduleSettings settings = schedule.settings();
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("name", schedule.name())
                .put("space", schedule.key().space().value())
                .put("createdMillis", schedule.createdMillis());
        if (settings.timing() instanceof CronTiming cron) {
            node.put("cron", cron.cron()).put("timeZone", cron.timeZone());
        } else if (settings.timing() instanceof IntervalTiming interval) {
            node.put("everyMillis", interval.everyMillis());
        }
        ScheduleTarget target = settings.target();
        node.put(target.kind().word(), target.name().value());
        if (target.kind() == Destination.Kind.EXCHANGE) {
            node.put("routingKey", target.routingKey());
        }
        node.put("missed", settings.missed().word())
                .put("enabled", settings.isEnabled())
                .put("state", status.state().word());
        if (status.lastMillis() != ScheduleTable.NOT_FIRED) {
            node.put("lastMillis", status.lastMillis());
        }
        if (status.nextMillis() != Timing.NEVER) {
            node.put("nextMillis", status.nextMillis());
        }
        if (status.failure() != null) {
            node.put("failure", status.failure());
        }
        return node;
    }

    /** The same with its message. */
    static ObjectNode writeAll(Schedule schedule, ScheduleStatus status) {
        ObjectNode node = write(schedule, status);
        write(node.putObject("message"), schedule.settings().message());
        return node;
    }

    private static void write(ObjectNode node, ScheduledMessage message) {
        ByteBuf body = message.body();
        if (ByteBufUtil.isText(body, StandardCharsets.UTF_8)) {
            node.put("body", body.toString(StandardCharsets.UTF_8));
        } else {
            node.put("bodyBase64", ByteBufUtil.getBytes(body));
        }
        MessageProperties properties = message.properties();
        put(node, "key", properties.key());
        put(node, "contentType", properties.contentType());
        put(node, "correlationId", properties.correlationId());
        put(node, "replyTo", properties.replyTo());
        put(node, "messageId", properties.messageId());
        put(node, "group", properties.group());
        put(node, "priority", message.attributes().priority());
        put(node, "delayMillis", message.attributes().delayMillis());
        put(node, "timeToLiveMillis", message.attributes().timeToLiveMillis());
        if (!properties.headers().isEmpty()) {
            ObjectNode headers = node.putObject("headers");
            properties.headers().forEach(each -> put(headers, each));
        }
    }

    private static void put(ObjectNode node, String name, @Nullable String value) {
        if (value != null) {
            node.put(name, value);
        }
    }

    private static void put(ObjectNode node, String name, long value) {
        if (value != DeliveryAttributes.UNSAID) {
            node.put(name, value);
        }
    }

    private static void put(ObjectNode node, Header header) {
        Object value = header.value();
        if (value instanceof String text) {
            node.put(header.name(), text);
        } else if (value instanceof Long number) {
            node.put(header.name(), number);
        } else if (value instanceof Double number) {
            node.put(header.name(), number);
        } else if (value instanceof Boolean flag) {
            node.put(header.name(), flag);
        } else {
            node.putObject(header.name()).put(MessageJson.BASE64, (byte[]) value);
        }
    }
}
