package io.millrace.broker.routing;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;

/** JSON in one spelling, so that texts can be compared. Stateless; any thread. */
final class RoutingJson {
    private static final int SHOWN_CHARS_MAX = 40;

    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();

    private RoutingJson() {}

    /** Reads {@code text}; an {@link IllegalArgumentException} calls it {@code what} where it is not JSON. */
    static JsonNode read(String what, String text) {
        try {
            return MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(what + " is not well-formed JSON");
        }
    }

    /** Writes {@code node} with its fields by name; longer than {@code bytesMax}, it is refused. */
    static String write(String what, JsonNode node, int bytesMax) {
        String text;
        try {
            text = MAPPER.writeValueAsString(MAPPER.treeToValue(node, Object.class));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(what + " cannot be written as JSON");
        }
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw new IllegalArgumentException(what + " has half of a surrogate pair");
        }
        int bytes = ByteBufUtil.utf8Bytes(text);
        if (bytes > bytesMax) {
            throw new IllegalArgumentException(what + " has " + bytes + " bytes; at most " + bytesMax + " are taken");
        }
        return text;
    }

    /** A stranger's name, short and on one line. */
    static String shown(String name) {
        String clean = name.replaceAll("\\p{Cntrl}", "?");
        return clean.length() <= SHOWN_CHARS_MAX ? clean : clean.substring(0, SHOWN_CHARS_MAX) + "...";
    }
}
