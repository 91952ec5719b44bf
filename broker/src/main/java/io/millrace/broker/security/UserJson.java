package io.millrace.broker.security;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.broker.SpaceName;
import java.util.List;

/**
 * A user's definition as JSON, credentials included, as the catalog stores it. Written and read by hand, so that what
 * the file says does not follow from how a class is written. {@code version} is that of the format, {@value #VERSION};
 * all fields but {@code password} are required, unknown and repeated ones are refused.
 *
 * <p>Stateless; any thread.
 */
public final class UserJson {
    static final int VERSION = 1;

    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private UserJson() {}

    public static ObjectNode write(User user) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("version", VERSION);
        node.put("name", user.name());
        node.put("space", user.space().value());
        node.put("administrator", user.administrator());
        ArrayNode tags = node.putArray("tags");
        user.tags().forEach(tags::add);
        PasswordVerifiers password = user.password();
        if (password != null) {
            node.set("password", CredentialJson.write(password));
        }
        ArrayNode keys = node.putArray("accessKeys");
        user.accessKeys().forEach(key -> keys.add(CredentialJson.write(key)));
        ArrayNode statements = node.putArray("statements");
        user.statements().forEach(statement -> statements.add(StatementJson.write(statement)));
        return node;
    }

    /** @throws MalformedDefinitionException says what is wrong where */
    public static User read(JsonNode node) {
        JsonFields fields = new JsonFields(node, "user");
        if (fields.number("version") != VERSION) {
            throw fields.fault("version", "only " + VERSION + " is known");
        }
        String name = fields.text("name");
        String spaceText = fields.text("space");
        SpaceName space = fields.made("space", () -> new SpaceName(spaceText));
        boolean administrator = fields.flag("administrator");
        List<String> tags = fields.list("tags", User.TAGS_MAX, JsonFields::textElement);
        JsonFields passwordFields = fields.objectIfPresent("password");
        PasswordVerifiers password = passwordFields == null ? null : CredentialJson.passwordVerifiers(passwordFields);
        List<AccessKey> keys = fields.list("accessKeys", User.ACCESS_KEYS_MAX, CredentialJson::accessKey);
        List<Statement> statements = fields.list("statements", User.STATEMENTS_MAX, StatementJson::read);
        return fields.end(() -> new User(name, space, administrator, tags, password, keys, statements));
    }

    /** {@link #write} as text on one line. */
    public static String writeText(User user) {
        return write(user).toString();
    }

    /** @throws MalformedDefinitionException says what is wrong where */
    public static User readText(String text) {
        try {
            return read(MAPPER.readTree(text));
        } catch (JsonProcessingException e) {
            // Only the place, if there is one: the original message repeats the text around the fault.
            JsonLocation location = e.getLocation();
            String place = location == null ? "" : " at character " + location.getCharOffset();
            throw new MalformedDefinitionException("user", "not JSON" + place);
        }
    }
}
