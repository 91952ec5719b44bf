package io.millrace.broker.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.broker.ResourceName;
import io.millrace.broker.SpaceName;
import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.broker.catalog.Definition.SpaceDefinition;
import io.millrace.broker.catalog.Definition.UserDefinition;
import io.millrace.broker.security.MalformedDefinitionException;
import io.millrace.broker.security.User;
import io.millrace.testkit.FormatTable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Definitions on disk read back as they were; anything else stops the start with a word about it. */
class DefinitionJsonTest {
    private static final QueueDefinition QUEUE = new QueueDefinition(
            new QueueKey(SpaceName.ROOT, new ResourceName("größe \"1\"")),
            Long.MAX_VALUE,
            3,
            1_700_000_000_000L,
            new QueueSettings(1234, 5678, 9, 10, 4_294_967_295L, 12));

    @Test
    void definitionsReadBackAsTheyWere() {
        List<Definition> definitions = List.of(
                QUEUE,
                new SpaceDefinition(new SpaceName("tenant"), 5),
                new UserDefinition(User.named("ann").withAdministrator(true)));

        assertThat(definitions).allSatisfy(each -> assertThat(DefinitionJson.read(DefinitionJson.write(each)))
                .isEqualTo(each));
    }

    /** As it was written before queues had these settings. */
    @Test
    void aQueueWithoutTheYoungerSettingsHasTheirDefaults() {
        String json = "{\"queue\":{\"space\":\"root\",\"name\":\"orders\",\"logId\":7,\"shard\":3,\"createdMillis\":5,"
                + "\"leaseMillis\":1000,\"messageBytesMax\":500}}";

        assertThat(DefinitionJson.read(json.getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(new QueueDefinition(
                        new QueueKey(SpaceName.ROOT, new ResourceName("orders")),
                        7,
                        3,
                        5,
                        new QueueSettings(1000, 500)));
        assertThat(new QueueSettings(1000, 500)).isEqualTo(new QueueSettings(1000, 500, 0, 0, 2_147_483_648L, 300_000));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"delayMillis\":-1",
                "\"timeToLiveMillis\":-1",
                "\"priorityDefault\":4294967296",
                "\"deduplicationMillis\":0",
                "\"deduplicationMillis\":1209600001",
                "\"delayMillis\":null"
            })
    void aSettingThatCannotBeStopsTheStart(String setting) {
        String json = "{\"queue\":{\"space\":\"root\",\"name\":\"orders\",\"logId\":7,\"shard\":3,\"createdMillis\":5,"
                + "\"leaseMillis\":1000,\"messageBytesMax\":500," + setting + "}}";

        assertThatThrownBy(() -> DefinitionJson.read(json.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(MalformedDefinitionException.class);
    }

    /** docs/formats/catalog.md lists the fields of each kind, in their order. */
    @Test
    void thePageListsTheFields() throws IOException {
        List<Definition> definitions =
                List.of(QUEUE, new SpaceDefinition(new SpaceName("tenant"), 5), new UserDefinition(User.named("ann")));
        Map<String, List<String>> written = new TreeMap<>();
        for (Definition each : definitions) {
            Map.Entry<String, JsonNode> kind = new ObjectMapper()
                    .readTree(DefinitionJson.write(each))
                    .properties()
                    .iterator()
                    .next();
            List<String> fields = new ArrayList<>();
            kind.getValue().fieldNames().forEachRemaining(fields::add);
            written.put(kind.getKey(), fields);
        }

        Map<String, List<String>> documented = new TreeMap<>();
        for (List<String> row : FormatTable.of("catalog.md", "kind").rows()) {
            // "password" is absent for a user without one, and so from what was written.
            String required = row.get(1).replace(" `password` (absent where there is none),", "");
            documented.put(
                    row.get(0).replace("`", ""),
                    Pattern.compile("`(\\w+)`")
                            .matcher(required)
                            .results()
                            .map(field -> field.group(1))
                            .toList());
        }
        assertThat(documented).isEqualTo(written);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "[]",
                "{\"queue\":{}}",
                "{\"galaxy\":{}}",
                "{\"space\":{\"name\":\"a\",\"createdMillis\":1,\"more\":2}}",
                "{\"space\":{\"name\":\"a\",\"createdMillis\":\"1\"}}",
                "{\"space\":{\"name\":\"\",\"createdMillis\":1}}",
                "{\"space\":{\"name\":\"a\",\"name\":\"b\",\"createdMillis\":1}}",
                "{\"space\":{\"name\":\"a\",\"createdMillis\":1}} x"
            })
    void whatIsNotADefinitionIsRefused(String json) {
        assertThatThrownBy(() -> DefinitionJson.read(json.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(MalformedDefinitionException.class);
    }
}
