package io.millrace.api.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.millrace.api.Http;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * The door's description, and whether JSON is what it describes. Knows the keywords that the description uses. Any
 * thread.
 */
final class OpenApi {
    private static final Set<String> METHODS = Set.of("get", "put", "post", "patch", "delete", "head", "options");

    /** Keywords that say nothing about what is valid. */
    private static final Set<String> WORDS_FOR_READERS = Set.of("description", "default", "example");

    /** Parsed once: tests look at it for every answer. */
    private static final OpenApi READ = parse();

    private final JsonNode document;

    private OpenApi(JsonNode document) {
        this.document = document;
    }

    static OpenApi read() {
        return READ;
    }

    private static OpenApi parse() {
        try (InputStream input = OpenApi.class.getResourceAsStream("/io/millrace/api/openapi.yaml")) {
            Object tree = new Load(LoadSettings.builder().build()).loadFromInputStream(input);
            return new OpenApi(Http.JSON.valueToTree(tree));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    JsonNode document() {
        return document;
    }

    /** Every operation with what its path says for all, by {@code METHOD path}. */
    Map<String, JsonNode> operations() {
        Map<String, JsonNode> operations = new TreeMap<>();
        document.get("paths")
                .properties()
                .forEach(path -> path.getValue().properties().forEach(operation -> {
                    if (METHODS.contains(operation.getKey())) {
                        String name = operation.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey();
                        operations.put(name, operation.getValue());
                    }
                }));
        return operations;
    }

    /** The names of the parameters of an operation that are in {@code place}. */
    Set<String> parameters(String operation, String place) {
        String path = operation.substring(operation.indexOf(' ') + 1);
        Set<String> names = new TreeSet<>();
        List<JsonNode> all = new ArrayList<>();
        document.get("paths").get(path).path("parameters").forEach(all::add);
        operations().get(operation).path("parameters").forEach(all::add);
        for (JsonNode each : all) {
            JsonNode parameter = resolve(each);
            if (parameter.get("in").textValue().equals(place)) {
                names.add(parameter.get("name").textValue());
            }
        }
        return names;
    }

    /** What {@code node} refers to, itself where it refers to nothing. */
    JsonNode resolve(JsonNode node) {
        if (!node.has("$ref")) {
            return node;
        }
        JsonNode found = document.at(node.get("$ref").textValue().substring(1));
        if (found.isMissingNode()) {
            throw new AssertionError("nothing is at " + node.get("$ref"));
        }
        return resolve(found);
    }

    /** Every reference in the document. */
    List<JsonNode> references() {
        return document.findParents("$ref");
    }

    /** The schema of an answer; missing where it has no body. */
    JsonNode answerSchema(String operation, int status, String mediaType) {
        JsonNode responses = operations().get(operation).get("responses");
        JsonNode response = responses.has(Integer.toString(status))
                ? responses.get(Integer.toString(status))
                : responses.path("default");
        return resolve(response).path("content").path(mediaType).path("schema");
    }

    /** What is wrong with {@code value}; empty where it is what {@code schema} describes. */
    List<String> faults(JsonNode schema, JsonNode value) {
        List<String> faults = new ArrayList<>();
        check(schema, value, "$", faults);
        return faults;
    }

    private void check(JsonNode unresolved, JsonNode value, String path, List<String> faults) {
        JsonNode schema = resolve(unresolved);
        for (Map.Entry<String, JsonNode> each : schema.properties()) {
            JsonNode bound = each.getValue();
            switch (each.getKey()) {
                case "type" -> expect(isOfType(value, bound.textValue()), path + " is no " + bound, faults);
                case "enum" -> expect(contains((ArrayNode) bound, value), path + " is none of " + bound, faults);
                case "minimum" -> expect(value.doubleValue() >= bound.doubleValue(), path + " < " + bound, faults);
                case "maximum" -> expect(value.doubleValue() <= bound.doubleValue(), path + " > " + bound, faults);
                case "minItems", "minProperties" ->
                    expect(value.size() >= bound.intValue(), path + " has fewer than " + bound, faults);
                case "maxItems", "maxProperties" ->
                    expect(value.size() <= bound.intValue(), path + " has more than " + bound, faults);
                case "required" ->
                    bound.forEach(name -> expect(value.has(name.textValue()), path + " lacks " + name, faults));
                case "items" -> checkItems(bound, value, path, faults);
                case "properties", "additionalProperties" -> {
                    // Together, below.
                }
                case "allOf" -> bound.forEach(one -> check(one, value, path, faults));
                case "anyOf" -> expect(fitsAny(bound, value), path + " fits none of its kinds", faults);
                default -> expect(WORDS_FOR_READERS.contains(each.getKey()), "keyword " + each.getKey(), faults);
            }
        }
        checkProperties(schema, value, path, faults);
    }

    private void checkItems(JsonNode schema, JsonNode value, String path, List<String> faults) {
        for (int i = 0; i < value.size(); i++) {
            check(schema, value.get(i), path + "[" + i + "]", faults);
        }
    }

    private void checkProperties(JsonNode schema, JsonNode value, String path, List<String> faults) {
        JsonNode properties = schema.path("properties");
        JsonNode additional = schema.path("additionalProperties");
        for (Iterator<String> names = value.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (properties.has(name)) {
                check(properties.get(name), value.get(name), path + "." + name, faults);
            } else if (additional.isObject()) {
                check(additional, value.get(name), path + "." + name, faults);
            } else {
                expect(!additional.isBoolean() || additional.booleanValue(), path + " has " + name, faults);
            }
        }
    }

    private boolean fitsAny(JsonNode kinds, JsonNode value) {
        for (JsonNode each : kinds) {
            if (faults(each, value).isEmpty()) {
                return true;
            }
        }
        return false;
    }

    private static boolean contains(ArrayNode values, JsonNode value) {
        for (JsonNode each : values) {
            if (each.equals(value)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isOfType(JsonNode value, String type) {
        return switch (type) {
            case "object" -> value.isObject();
            case "array" -> value.isArray();
            case "string" -> value.isTextual();
            case "integer" -> value.isIntegralNumber();
            case "number" -> value.isNumber();
            case "boolean" -> value.isBoolean();
            default -> throw new AssertionError("unknown type " + type);
        };
    }

    private static void expect(boolean holds, String fault, List<String> faults) {
        if (!holds) {
            faults.add(fault);
        }
    }
}
