package io.millrace.server.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say what a binding is. */
final class BindingOptions {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Option(names = "--queue", paramLabel = "QUEUE", description = "The queue that it leads to.")
    private @Nullable String queue;

    @Option(names = "--topic", paramLabel = "TOPIC", description = "The topic that it leads to.")
    private @Nullable String topic;

    @Option(names = "--to", paramLabel = "EXCHANGE", description = "The exchange that it leads to.")
    private @Nullable String exchange;

    @Option(
            names = "--key",
            paramLabel = "KEY",
            description = "Of a direct exchange the routing key; of a topic exchange a pattern, in which * is one word"
                    + " and # any number; of a consistent-hash exchange the weight.")
    private String key = "";

    @Option(
            names = "--arguments",
            paramLabel = "JSON",
            description = "Of a headers exchange the headers that it asks for, for example"
                    + " '{\"x-match\":\"any\",\"country\":\"de\"}'.")
    private @Nullable String arguments;

    @Option(
            names = "--filter",
            paramLabel = "JSON",
            description =
                    "What headers have to be beyond that, for example '{\"price\":[{\"numeric\":[\">=\",100]}]}'.")
    private @Nullable String filter;

    /** The binding as the API takes it; an {@link IllegalArgumentException} says what is wrong with the options. */
    ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        put(json, "queue", queue);
        put(json, "topic", topic);
        put(json, "exchange", exchange);
        if (json.size() != 1) {
            throw new IllegalArgumentException("say where it leads: --queue, --topic or --to");
        }
        json.put("routingKey", key);
        set(json, "arguments", arguments);
        set(json, "filter", filter);
        return json;
    }

    private static void put(ObjectNode json, String name, @Nullable String value) {
        if (value != null) {
            json.put(name, value);
        }
    }

    private static void set(ObjectNode json, String name, @Nullable String text) {
        if (text == null) {
            return;
        }
        try {
            JsonNode value = JSON.readTree(text);
            json.set(name, value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("--" + name + " is not well-formed JSON", e);
        }
    }

    /** What it leads to, in words. */
    String destination() {
        return queue != null ? "queue " + queue : topic != null ? "topic " + topic : "exchange " + exchange;
    }
}
