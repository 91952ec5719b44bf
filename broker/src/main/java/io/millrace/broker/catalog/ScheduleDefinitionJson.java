package io.millrace.broker.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.broker.ResourceName;
import io.millrace.broker.SpaceName;
import io.millrace.broker.catalog.Definition.FiringDefinition;
import io.millrace.broker.catalog.Definition.ScheduleDefinition;
import io.millrace.broker.message.DeliveryAttributes;
import io.millrace.broker.message.MessageProperties;
import io.millrace.broker.message.MessageProperties.Header;
import io.millrace.broker.routing.Destination;
import io.millrace.broker.schedule.CronTiming;
import io.millrace.broker.schedule.IntervalTiming;
import io.millrace.broker.schedule.MissedPolicy;
import io.millrace.broker.schedule.Schedule;
import io.millrace.broker.schedule.ScheduleKey;
import io.millrace.broker.schedule.ScheduleSettings;
import io.millrace.broker.schedule.ScheduleTarget;
import io.millrace.broker.schedule.ScheduledMessage;
import io.millrace.broker.schedule.Timing;
import io.millrace.broker.security.JsonFields;
import io.netty.buffer.ByteBufUtil;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Schedules and their firings as they are stored; see {@link DefinitionJson}. Stateless; any thread. */
final class ScheduleDefinitionJson {
    private static final String BASE64 = "base64";
    private static final int HEADERS_MAX = 65_536;

    private ScheduleDefinitionJson() {}

    static void write(ObjectNode node, FiringDefinition firing) {
        node.put("scheduleId", firing.scheduleId()).put("dueMillis", firing.dueMillis());
    }

    static FiringDefinition readFiring(JsonFields fields) {
        long id = fields.number("scheduleId");
        long dueMillis = fields.number("dueMillis");
        return fields.end(() -> new FiringDefinition(id, dueMillis));
    }

    static void write(ObjectNode node, Schedule schedule) {
        node.put("space", schedule.key().space().value())
                .put("name", schedule.name())
                .put("id", schedule.id())
                .put("createdMillis", schedule.createdMillis())
                .put("sinceMillis", schedule.sinceMillis());
        write(node, schedule.settings());
    }

    /** Whether two settings are stored alike. */
    static boolean isSame(ScheduleSettings one, ScheduleSettings other) {
        ObjectNode left = JsonNodeFactory.instance.objectNode();
        ObjectNode right = JsonNodeFactory.instance.objectNode();
        write(left, one);
        write(right, other);
        return left.equals(right);
    }

    private static void write(ObjectNode node, ScheduleSettings settings) {
        if (settings.timing() instanceof CronTiming cron) {
            node.put("cron", cron.cron()).put("timeZone", cron.timeZone());
        } else if (settings.timing() instanceof IntervalTiming interval) {
            node.put("everyMillis", interval.everyMillis());
        }
        node.put("targetKind", settings.target().kind().word())
                .put("target", settings.target().name().value())
                .put("routingKey", settings.target().routingKey())
                .put("missed", settings.missed().word())
                .put("enabled", settings.isEnabled());
        write(node.putObject("message"), settings.message());
    }

    private static void write(ObjectNode node, ScheduledMessage message) {
        putIfSaid(node, "priority", message.attributes().priority());
        putIfSaid(node, "delayMillis", message.attributes().delayMillis());
        putIfSaid(node, "timeToLiveMillis", message.attributes().timeToLiveMillis());
        MessageProperties properties = message.properties();
        putIfThere(node, "key", properties.key());
        putIfThere(node, "contentType", properties.contentType());
        putIfThere(node, "correlationId", properties.correlationId());
        putIfThere(node, "replyTo", properties.replyTo());
        putIfThere(node, "messageId", properties.messageId());
        putIfThere(node, "group", properties.group());
        if (!properties.headers().isEmpty()) {
            ArrayNode headers = node.putArray("headers");
            properties.headers().forEach(each -> write(headers.addObject(), each));
        }
        node.put("body", Base64.getEncoder().encodeToString(ByteBufUtil.getBytes(message.body())));
    }

    private static void putIfSaid(ObjectNode node, String name, long value) {
        if (value != DeliveryAttributes.UNSAID) {
            node.put(name, value);
        }
    }

    private static void putIfThere(ObjectNode node, String name, @Nullable String value) {
        if (value != null) {
            node.put(name, value);
        }
    }

    private static void write(ObjectNode node, Header header) {
        node.put("name", header.name());
        Object value = header.value();
        if (value instanceof String text) {
            node.put("value", text);
        } else if (value instanceof Long number) {
            node.put("value", number);
        } else if (value instanceof Double number) {
            node.put("value", number);
        } else if (value instanceof Boolean flag) {
            node.put("value", flag);
        } else {
            node.putObject("value").put(BASE64, Base64.getEncoder().encodeToString((byte[]) value));
        }
    }

    static ScheduleDefinition readSchedule(JsonFields fields) {
        String space = fields.text("space");
        String name = fields.text("name");
        long id = fields.number("id");
        long createdMillis = fields.number("createdMillis");
        long sinceMillis = fields.number("sinceMillis");
        Timing timing = readTiming(fields);
        Destination.Kind kind = fields.made(
                "targetKind",
                () -> Destination.Kind.valueOf(fields.text("targetKind").toUpperCase(Locale.ROOT)));
        String target = fields.text("target");
        String routingKey = fields.text("routingKey");
        String word = fields.text("missed");
        MissedPolicy missed = fields.made("missed", () -> {
            MissedPolicy found = MissedPolicy.named(word);
            if (found == null) {
                throw new IllegalArgumentException("none that this version knows");
            }
            return found;
        });
        boolean isEnabled = fields.flag("enabled");
        ScheduledMessage message = readMessage(fields.object("message"));
        return fields.end(() -> new ScheduleDefinition(new Schedule(
                new ScheduleKey(new SpaceName(space), new ResourceName(name)),
                id,
                createdMillis,
                sinceMillis,
                new ScheduleSettings(
                        timing,
                        new ScheduleTarget(kind, new ResourceName(target), routingKey),
                        message,
                        missed,
                        isEnabled))));
    }

    private static Timing readTiming(JsonFields fields) {
        if (fields.has("everyMillis")) {
            long everyMillis = fields.number("everyMillis");
            return fields.made("everyMillis", () -> new IntervalTiming(everyMillis));
        }
        String cron = fields.text("cron");
        String timeZone = fields.text("timeZone");
        return fields.made("cron", () -> CronTiming.of(cron, timeZone));
    }

    private static ScheduledMessage readMessage(JsonFields fields) {
        DeliveryAttributes attributes = fields.made(
                "priority",
                () -> new DeliveryAttributes(
                        fields.number("priority", DeliveryAttributes.UNSAID),
                        fields.number("delayMillis", DeliveryAttributes.UNSAID),
                        DeliveryAttributes.UNSAID,
                        fields.number("timeToLiveMillis", DeliveryAttributes.UNSAID),
                        DeliveryAttributes.UNSAID));
        MessageProperties properties = new MessageProperties(
                fields.textIfPresent("key"),
                fields.textIfPresent("contentType"),
                fields.textIfPresent("correlationId"),
                fields.textIfPresent("replyTo"),
                fields.textIfPresent("messageId"),
                fields.textIfPresent("group"),
                null,
                fields.has("headers")
                        ? fields.list("headers", HEADERS_MAX, (node, path) -> readHeader(new JsonFields(node, path)))
                        : List.of());
        String body = fields.text("body");
        byte[] bytes = fields.made("body", () -> Base64.getDecoder().decode(body));
        return fields.end(() -> new ScheduledMessage(attributes, properties, bytes));
    }

    private static Header readHeader(JsonFields fields) {
        String name = fields.text("name");
        JsonNode value = fields.any("value");
        if (value.isObject()) {
            JsonFields bytes = fields.object("value");
            String text = bytes.text(BASE64);
            byte[] decoded = bytes.made(BASE64, () -> Base64.getDecoder().decode(text));
            return fields.end(() -> new Header(name, bytes.end(() -> decoded)));
        }
        Object plain = value.isTextual()
                ? value.textValue()
                : value.isBoolean()
                        ? (Object) value.booleanValue()
                        : value.isIntegralNumber() ? (Object) fields.number("value") : (Object) value.doubleValue();
        return fields.end(() -> new Header(name, plain));
    }
}
