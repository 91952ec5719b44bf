package io.millrace.server.client;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.server.command.CommandFailure;
import io.millrace.server.process.FailureReason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say what a schedule is. */
final class ScheduleOptions {
    private static final int MESSAGE_BYTES_MAX = 64 << 10;

    @Option(
            names = "--cron",
            paramLabel = "CRON",
            description =
                    "When it is due: minute, hour, day of month, month and day of week, for example '0 9 * * mon-fri';"
                            + " with six fields, the second before them.")
    private @Nullable String cron;

    @Option(
            names = "--zone",
            paramLabel = "ZONE",
            description = "The time zone of --cron, for example Europe/Berlin; UTC unless said.")
    private @Nullable String timeZone;

    @Option(
            names = "--every",
            paramLabel = "TIME",
            converter = DurationOption.class,
            description = "How often it is due, instead of --cron: for example 10m; 1s at least.")
    private @Nullable Duration every;

    @Option(names = "--queue", paramLabel = "QUEUE", description = "The queue that it publishes to.")
    private @Nullable String queue;

    @Option(names = "--topic", paramLabel = "TOPIC", description = "The topic that it publishes to.")
    private @Nullable String topic;

    @Option(names = "--exchange", paramLabel = "EXCHANGE", description = "The exchange that it publishes to.")
    private @Nullable String exchange;

    @Option(names = "--routing-key", paramLabel = "KEY", description = "What the bindings of the exchange go by.")
    private @Nullable String routingKey;

    @Option(
            names = {"-m", "--message"},
            paramLabel = "TEXT",
            description =
                    "The message. What else is said of it is said together with it: all of it is changed at once.")
    private @Nullable String text;

    @Option(names = "--message-file", paramLabel = "FILE", description = "The file whose contents are the message.")
    private @Nullable Path file;

    @Option(
            names = "--header",
            paramLabel = "NAME=VALUE",
            description = "A header of the message; may be given several times.")
    private Map<String, String> headers = new LinkedHashMap<>();

    @Option(names = "--key", paramLabel = "KEY", description = "The key of the message.")
    private @Nullable String key;

    @Option(names = "--content-type", paramLabel = "TYPE", description = "The content type of the message.")
    private @Nullable String contentType;

    @Option(names = "--group", paramLabel = "GROUP", description = "The group of the message.")
    private @Nullable String group;

    @Option(names = "--priority", paramLabel = "N", description = "The priority of the message, 0 to 4294967295.")
    private @Nullable Long priority;

    @Option(
            names = "--delay",
            paramLabel = "TIME",
            converter = DurationOption.class,
            description = "Keep the message back for this long after it was published.")
    private @Nullable Duration delay;

    @Option(
            names = "--ttl",
            paramLabel = "TIME",
            converter = DurationOption.class,
            description = "Remove the message if nobody has consumed it this long after it was published.")
    private @Nullable Duration timeToLive;

    @Option(
            names = "--missed",
            paramLabel = "POLICY",
            description = "What becomes of due times at which the broker was down: skip, once (one for all of them,"
                    + " unless said) or each.")
    private @Nullable String missed;

    /** What was said, as the API takes it; an {@link IllegalArgumentException} says what does not fit together. */
    ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        put(json, "cron", cron);
        put(json, "timeZone", timeZone);
        put(json, "everyMillis", every);
        put(json, "queue", queue);
        put(json, "topic", topic);
        put(json, "exchange", exchange);
        put(json, "routingKey", routingKey);
        put(json, "missed", missed);
        if (text != null && file != null) {
            throw new IllegalArgumentException("--message and --message-file exclude each other");
        }
        ObjectNode message = message();
        if (text != null) {
            json.set("message", message.put("body", text));
        } else if (file != null) {
            json.set("message", message.put("bodyBase64", contents(file)));
        } else if (!message.isEmpty()) {
            throw new IllegalArgumentException("say the message, too: --message or --message-file");
        }
        return json;
    }

    private ObjectNode message() {
        ObjectNode message = JsonNodeFactory.instance.objectNode();
        put(message, "key", key);
        put(message, "contentType", contentType);
        put(message, "group", group);
        if (priority != null) {
            message.put("priority", priority);
        }
        put(message, "delayMillis", delay);
        put(message, "timeToLiveMillis", timeToLive);
        if (!headers.isEmpty()) {
            ObjectNode node = message.putObject("headers");
            headers.forEach(node::put);
        }
        return message;
    }

    private static byte[] contents(Path file) {
        byte[] contents;
        try (InputStream input = Files.newInputStream(file)) {
            contents = input.readNBytes(MESSAGE_BYTES_MAX + 1);
        } catch (IOException e) {
            throw new CommandFailure(file + " " + FailureReason.of(e), e);
        }
        if (contents.length > MESSAGE_BYTES_MAX) {
            throw new CommandFailure(
                    file + " is larger than the message of a schedule may be, " + Numbers.bytes(MESSAGE_BYTES_MAX));
        }
        return contents;
    }

    private static void put(ObjectNode json, String name, @Nullable String value) {
        if (value != null) {
            json.put(name, value);
        }
    }

    private static void put(ObjectNode json, String name, @Nullable Duration value) {
        if (value != null) {
            json.put(name, value.toMillis());
        }
    }
}
