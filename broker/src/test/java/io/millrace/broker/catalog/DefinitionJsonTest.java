package io.millrace.broker.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.broker.MoveTarget;
import io.millrace.broker.ResourceName;
import io.millrace.broker.SpaceName;
import io.millrace.broker.catalog.Definition.BindingDefinition;
import io.millrace.broker.catalog.Definition.ExchangeDefinition;
import io.millrace.broker.catalog.Definition.FiringDefinition;
import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.broker.catalog.Definition.ScheduleDefinition;
import io.millrace.broker.catalog.Definition.SpaceDefinition;
import io.millrace.broker.catalog.Definition.SubscriptionDefinition;
import io.millrace.broker.catalog.Definition.TopicDefinition;
import io.millrace.broker.catalog.Definition.UserDefinition;
import io.millrace.broker.message.DeliveryAttributes;
import io.millrace.broker.message.MessageProperties;
import io.millrace.broker.message.MessageProperties.Header;
import io.millrace.broker.routing.Binding;
import io.millrace.broker.routing.Destination;
import io.millrace.broker.routing.Exchange;
import io.millrace.broker.routing.ExchangeKey;
import io.millrace.broker.routing.ExchangeSettings;
import io.millrace.broker.routing.ExchangeType;
import io.millrace.broker.routing.FilterPolicy;
import io.millrace.broker.routing.HashProperty;
import io.millrace.broker.routing.MatchArguments;
import io.millrace.broker.schedule.CronTiming;
import io.millrace.broker.schedule.IntervalTiming;
import io.millrace.broker.schedule.MissedPolicy;
import io.millrace.broker.schedule.Schedule;
import io.millrace.broker.schedule.ScheduleKey;
import io.millrace.broker.schedule.ScheduleSettings;
import io.millrace.broker.schedule.ScheduleTarget;
import io.millrace.broker.schedule.ScheduledMessage;
import io.millrace.broker.schedule.Timing;
import io.millrace.broker.security.MalformedDefinitionException;
import io.millrace.broker.security.User;
import io.millrace.broker.selector.Selector;
import io.millrace.broker.topic.Subscription;
import io.millrace.broker.topic.SubscriptionKey;
import io.millrace.broker.topic.SubscriptionKind;
import io.millrace.broker.topic.Topic;
import io.millrace.broker.topic.TopicKey;
import io.millrace.broker.topic.TopicSettings;
import io.millrace.broker.topic.UnsettledRetention;
import io.millrace.engine.policy.ConsumerPolicy;
import io.millrace.engine.policy.Durability;
import io.millrace.engine.policy.LengthPolicy;
import io.millrace.engine.policy.Overflow;
import io.millrace.engine.policy.RetryPolicy;
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
            new QueueSettings(
                    1234,
                    5678,
                    9,
                    10,
                    4_294_967_295L,
                    12,
                    new RetryPolicy(13, 14, true),
                    new ConsumerPolicy(true, true, 15),
                    new DeadLetterSettings(MoveTarget.queue("dead"), 16, true),
                    new LengthPolicy(17, 18, Overflow.DEAD_LETTER),
                    Durability.OS));

    private static final SubscriptionDefinition SUBSCRIPTION = new SubscriptionDefinition(new Subscription(
            new SubscriptionKey(12, new ResourceName("billing")),
            13,
            1_700_000_000_001L,
            SubscriptionKind.BY_KEY,
            Selector.compile("region = 'eu'"),
            true,
            4,
            QUEUE.settings()));

    private static final TopicDefinition TOPIC = new TopicDefinition(new Topic(
            new TopicKey(SpaceName.ROOT, new ResourceName("größe \"1\"")),
            17,
            1_700_000_000_000L,
            List.of(3, 0, 1),
            new TopicSettings(1, 2, true, 3, 4, 5, new UnsettledRetention(true, 6, 7))));

    private static final ExchangeDefinition EXCHANGE = new ExchangeDefinition(new Exchange(
            new ExchangeKey(SpaceName.ROOT, new ResourceName("größe \"1\"")),
            7,
            1_700_000_000_000L,
            new ExchangeSettings(
                    ExchangeType.CONSISTENT_HASH, true, new ResourceName("rest"), null, HashProperty.MESSAGE_ID)));
    private static final BindingDefinition BINDING = new BindingDefinition(new Binding(
            9,
            7,
            new Destination(Destination.Kind.QUEUE, new ResourceName("q"), 3),
            "a.*.#",
            MatchArguments.ofText("{\"x-match\":\"any\",\"n\":1,\"d\":1.0,\"b\":{\"base64\":\"AP8=\"},\"p\":null}"),
            FilterPolicy.ofText("{\"price\":[{\"numeric\":[\">\",1.5]}],\"event\":[\"a\"]}"),
            5));

    private static final ScheduleDefinition SCHEDULE = schedule(
            CronTiming.of("*/5 9-17 * * mon-fri", "Europe/Berlin"),
            ScheduleTarget.exchange("größe \"1\"", "a.b"),
            new ScheduledMessage(
                    new DeliveryAttributes(4_294_967_295L, 1, DeliveryAttributes.UNSAID, 2, DeliveryAttributes.UNSAID),
                    new MessageProperties(
                            "k",
                            "text/plain",
                            "c",
                            "r",
                            "m",
                            "g",
                            null,
                            List.of(
                                    new Header("text", "größe"),
                                    new Header("whole", Long.MIN_VALUE),
                                    new Header("number", 1.0),
                                    new Header("flag", true))),
                    new byte[] {0, -1, 'a'}));

    private static ScheduleDefinition schedule(Timing timing, ScheduleTarget target, ScheduledMessage message) {
        return new ScheduleDefinition(new Schedule(
                new ScheduleKey(SpaceName.ROOT, new ResourceName("s")),
                11,
                5,
                6,
                new ScheduleSettings(timing, target, message, MissedPolicy.EACH, false)));
    }

    private static ExchangeDefinition hashing(String header) {
        ExchangeSettings settings = new ExchangeSettings(ExchangeType.CONSISTENT_HASH, false, null, header, null);
        return new ExchangeDefinition(new Exchange(EXCHANGE.exchange().key(), 8, 1, settings));
    }

    @Test
    void definitionsReadBackAsTheyWere() {
        List<Definition> definitions = List.of(
                QUEUE,
                TOPIC,
                SUBSCRIPTION,
                QUEUE.with(QUEUE.settings().with(new DeadLetterSettings(MoveTarget.topic("dead"), 16, false))),
                EXCHANGE,
                hashing("customer"),
                BINDING,
                new BindingDefinition(new Binding(
                        1,
                        2,
                        new Destination(Destination.Kind.EXCHANGE, new ResourceName("x"), 3),
                        "",
                        MatchArguments.NONE,
                        null,
                        4)),
                new SpaceDefinition(new SpaceName("tenant"), 5),
                new UserDefinition(User.named("ann").withAdministrator(true)));

        assertThat(definitions).allSatisfy(each -> assertThat(DefinitionJson.read(DefinitionJson.write(each)))
                .isEqualTo(each));
    }

    @Test
    void schedulesAndFiringsReadBackAsTheyWere() {
        ScheduledMessage bytes = new ScheduledMessage(
                DeliveryAttributes.NONE,
                new MessageProperties(
                        null, null, null, null, null, null, null, List.of(new Header("b", new byte[] {1, -1}))),
                new byte[0]);
        ScheduleDefinition every = schedule(new IntervalTiming(1_000), ScheduleTarget.queue("q"), bytes);
        for (ScheduleDefinition each : List.of(SCHEDULE, every)) {
            Schedule schedule = each.schedule();
            byte[] written = DefinitionJson.write(each);
            ScheduleDefinition read = (ScheduleDefinition) DefinitionJson.read(written);

            assertThat(DefinitionJson.write(read)).isEqualTo(written);
            assertThat(read.schedule().with(schedule.settings(), 7)).isEqualTo(schedule);
            ScheduledMessage message = read.schedule().settings().message();
            assertThat(message.attributes())
                    .isEqualTo(schedule.settings().message().attributes());
            assertThat(message.body()).isEqualTo(schedule.settings().message().body());
        }
        assertThat(((ScheduleDefinition) DefinitionJson.read(DefinitionJson.write(SCHEDULE)))
                        .schedule()
                        .settings()
                        .message()
                        .properties())
                .isEqualTo(SCHEDULE.schedule().settings().message().properties());
        FiringDefinition firing = new FiringDefinition(11, 1_700_000_000_000L);
        assertThat(DefinitionJson.read(DefinitionJson.write(firing))).isEqualTo(firing);
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
                "\"delayMillis\":null",
                "\"deadLetterQueue\":\"a\",\"deadLetterTopic\":\"b\""
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
        List<Definition> definitions = List.of(
                QUEUE,
                TOPIC,
                SUBSCRIPTION,
                EXCHANGE,
                BINDING,
                SCHEDULE,
                new FiringDefinition(11, 5),
                new SpaceDefinition(new SpaceName("tenant"), 5),
                new UserDefinition(User.named("ann")));
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
            // An exchange goes by a header or a property, not both.
            String required = row.get(1)
                    .replace(" `password` (absent where there is none),", "")
                    .replace(" `hashHeader`,", "")
                    // A schedule has a cron or an interval, not both.
                    .replace(" `everyMillis`,", "")
                    // Dead letters go to a queue or a topic, not to both.
                    .replace(" or `deadLetterTopic`,", ",");
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
                "{\"topic\":{\"space\":\"root\",\"name\":\"t\",\"id\":1,\"createdMillis\":1,\"shards\":[],"
                        + "\"retentionMillis\":0,\"retentionBytes\":0,\"compacted\":false,\"tombstoneMillis\":0,"
                        + "\"messageBytesMax\":1,\"deduplicationMillis\":1}}",
                "{\"topic\":{\"space\":\"root\",\"name\":\"t\",\"id\":1,\"createdMillis\":1,\"shards\":[-1],"
                        + "\"retentionMillis\":0,\"retentionBytes\":0,\"compacted\":false,\"tombstoneMillis\":0,"
                        + "\"messageBytesMax\":1,\"deduplicationMillis\":1}}",
                "{\"exchange\":{\"space\":\"root\",\"name\":\"x\",\"id\":1,\"createdMillis\":1,\"type\":\"odd\","
                        + "\"internal\":false}}",
                "{\"exchange\":{\"space\":\"root\",\"name\":\"x\",\"id\":1,\"createdMillis\":1,\"type\":\"topic\","
                        + "\"internal\":false,\"hashHeader\":\"a\"}}",
                "{\"binding\":{\"id\":1,\"exchangeId\":1,\"destinationKind\":\"stream\",\"destination\":\"q\","
                        + "\"destinationId\":1,\"createdMillis\":1,\"routingKey\":\"\"}}",
                "{\"binding\":{\"id\":1,\"exchangeId\":1,\"destinationKind\":\"queue\",\"destination\":\"q\","
                        + "\"destinationId\":1,\"createdMillis\":1,\"routingKey\":\"\",\"filter\":{}}}",
                "{\"firing\":{\"scheduleId\":1}}",
                "{\"firing\":{\"scheduleId\":1,\"dueMillis\":\"1\"}}",
                "{\"schedule\":{\"space\":\"root\",\"name\":\"s\",\"id\":1,\"createdMillis\":1,\"sinceMillis\":1,"
                        + "\"cron\":\"* * *\",\"timeZone\":\"UTC\",\"targetKind\":\"queue\",\"target\":\"q\","
                        + "\"routingKey\":\"\",\"missed\":\"once\",\"enabled\":true,\"message\":{\"body\":\"\"}}}",
                "{\"schedule\":{\"space\":\"root\",\"name\":\"s\",\"id\":1,\"createdMillis\":1,\"sinceMillis\":1,"
                        + "\"everyMillis\":1000,\"targetKind\":\"stream\",\"target\":\"q\","
                        + "\"routingKey\":\"\",\"missed\":\"once\",\"enabled\":true,\"message\":{\"body\":\"\"}}}",
                "{\"schedule\":{\"space\":\"root\",\"name\":\"s\",\"id\":1,\"createdMillis\":1,\"sinceMillis\":1,"
                        + "\"everyMillis\":1000,\"targetKind\":\"queue\",\"target\":\"q\","
                        + "\"routingKey\":\"\",\"missed\":\"never\",\"enabled\":true,\"message\":{\"body\":\"\"}}}",
                "{\"schedule\":{\"space\":\"root\",\"name\":\"s\",\"id\":1,\"createdMillis\":1,\"sinceMillis\":1,"
                        + "\"everyMillis\":1000,\"targetKind\":\"queue\",\"target\":\"q\","
                        + "\"routingKey\":\"\",\"missed\":\"once\",\"enabled\":true,\"message\":{\"body\":\"?\"}}}",
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
