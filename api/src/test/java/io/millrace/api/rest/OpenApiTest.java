package io.millrace.api.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.api.http.Problem;
import io.millrace.api.http.Route;
import io.millrace.broker.catalog.DeadLetterSettings;
import io.millrace.broker.catalog.QueueSettings;
import io.millrace.broker.message.DeliveryAttributes;
import io.millrace.broker.redrive.RedriveRequest;
import io.millrace.broker.routing.ExchangeType;
import io.millrace.broker.routing.HashProperty;
import io.millrace.broker.routing.MatchArguments;
import io.millrace.broker.schedule.IntervalTiming;
import io.millrace.broker.schedule.MissedPolicy;
import io.millrace.broker.schedule.ScheduleStatus;
import io.millrace.broker.schedule.ScheduledMessage;
import io.millrace.broker.topic.Topic;
import io.millrace.broker.topic.TopicSettings;
import io.millrace.engine.policy.LengthPolicy;
import io.millrace.engine.policy.Overflow;
import io.millrace.engine.policy.RetryPolicy;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The description and the routes say the same. */
class OpenApiTest extends RigTest {
    private static final Pattern VARIABLE = Pattern.compile("\\{([a-z]+)}");

    private final OpenApi openApi = OpenApi.read();

    private Map<String, Route> routes() {
        return rig.door().routes().stream().collect(Collectors.toMap(Route::name, route -> route));
    }

    @Test
    void everyRouteIsDescribedAndEveryDescriptionHasARoute() {
        assertThat(openApi.operations().keySet()).containsExactlyInAnyOrderElementsOf(routes().keySet());
    }

    @Test
    void parametersAreDescribedAsTheyAreTaken() {
        routes().forEach((name, route) -> {
            assertThat(openApi.parameters(name, "query")).as(name).isEqualTo(new TreeSet<>(route.query()));
            Set<String> variables = VARIABLE.matcher(route.path())
                    .results()
                    .map(found -> found.group(1))
                    .collect(Collectors.toSet());
            assertThat(openApi.parameters(name, "path")).as(name).isEqualTo(variables);
        });
    }

    @Test
    void whatNeedsNoCredentialsIsDescribedSo() {
        routes().forEach((name, route) -> assertThat(
                        openApi.operations().get(name).path("security").isArray())
                .as(name)
                .isEqualTo(route.open()));
    }

    @Test
    void theSpaceIsAHeaderOfEverythingThatLivesInOne() {
        routes().keySet()
                .forEach(name -> assertThat(openApi.parameters(name, "header").contains("Millrace-Space"))
                        .as(name)
                        .isEqualTo(name.matches(".*/v1/(queues|topics|exchanges|schedules|transactions).*")));
    }

    @Test
    void everyOperationSaysWhatSucceedsAndThatAnythingElseIsAProblem() {
        openApi.operations().forEach((name, operation) -> {
            assertThat(operation.get("summary").textValue()).as(name).isNotBlank();
            assertThat(operation.get("responses").has("default")).as(name).isTrue();
            assertThat(openApi.answerSchema(name, 599, "application/problem+json")
                            .get("$ref")
                            .textValue())
                    .isEqualTo("#/components/schemas/Problem");
        });
        for (RouteCase each : RouteCase.all()) {
            JsonNode responses = openApi.operations().get(each.route()).get("responses");
            assertThat(responses.has(Integer.toString(each.status())))
                    .as(each.route())
                    .isTrue();
            boolean hasBody = openApi.operations().get(each.route()).has("requestBody");
            assertThat(hasBody).as(each.route()).isEqualTo(each.kind() != RouteCase.Body.NONE);
        }
    }

    @Test
    void everyReferenceLeadsSomewhereAndEverySchemaIsUsed() {
        Set<String> used = new TreeSet<>();
        for (JsonNode each : openApi.references()) {
            openApi.resolve(each);
            used.add(each.get("$ref").textValue());
        }
        for (String kind : List.of("schemas", "parameters", "responses")) {
            openApi.document().get("components").get(kind).fieldNames().forEachRemaining(name -> assertThat(used)
                    .contains("#/components/" + kind + "/" + name));
        }
    }

    @Test
    void examplesAreWhatTheirSchemasDescribe() {
        int checked = 0;
        for (JsonNode each : openApi.document().findParents("example")) {
            if (each.has("schema")) {
                assertThat(openApi.faults(each.get("schema"), each.get("example")))
                        .as(each.get("example").toString())
                        .isEmpty();
                checked++;
            }
        }
        assertThat(checked).isGreaterThan(10);
    }

    @Test
    void everyProblemIsListed() {
        JsonNode listed = openApi.document().at("/components/schemas/ProblemWord/enum");
        List<String> words = Arrays.stream(Problem.values()).map(Problem::word).toList();
        assertThat(RigTest.list(listed).stream().map(JsonNode::textValue)).containsExactlyElementsOf(words);
    }

    @Test
    void limitsAreDescribedAsTheyAre() {
        JsonNode schemas = openApi.document().at("/components/schemas");
        assertThat(schemas.at("/SettleRequest/properties/settle/maxItems").intValue())
                .isEqualTo(SettleReader.LEASES_MAX);
        assertThat(schemas.at("/PublishRequest/properties/messages/maxItems").intValue())
                .isEqualTo(BatchReader.MESSAGES_MAX);
        JsonNode transaction = schemas.at("/TransactionRequest/properties");
        assertThat(transaction.at("/publish/items/properties/messages/maxItems").intValue())
                .isEqualTo(BatchReader.MESSAGES_MAX);
        assertThat(transaction.at("/acknowledge/maxItems").intValue()).isEqualTo(SettleReader.LEASES_MAX);
        assertThat(schemas.at("/Headers/description").textValue()).contains(" " + BatchReader.HEADERS_MAX + " ");
        for (DeliveryFields.Field each : DeliveryFields.Field.values()) {
            assertBounds(schemas.at("/NewMessage/properties/" + each.word()), each.least(), each.most());
            assertBounds(schemas.at("/NewRoutedMessage/properties/" + each.word()), each.least(), each.most());
            for (String operation :
                    List.of("POST /v1/queues/{queue}/messages", "POST /v1/exchanges/{exchange}/messages")) {
                assertThat(openApi.parameters(operation, "header").stream().map(name -> name.toLowerCase(Locale.ROOT)))
                        .contains(each.header());
            }
        }
        JsonNode settings = schemas.at("/QueueSettings/properties");
        assertBounds(settings.get("delayMillis"), 0, DeliveryAttributes.SPAN_MILLIS_MAX);
        assertBounds(settings.get("timeToLiveMillis"), 0, DeliveryAttributes.SPAN_MILLIS_MAX);
        assertBounds(settings.get("priorityDefault"), 0, DeliveryAttributes.PRIORITY_MAX);
        assertBounds(settings.get("deduplicationMillis"), 1, QueueSettings.DEDUPLICATION_MILLIS_MAX);
        assertBounds(settings.get("retryDelayMillis"), 0, RetryPolicy.MILLIS_MAX);
        assertBounds(settings.get("retryDelayMillisMax"), 0, RetryPolicy.MILLIS_MAX);
        assertBounds(schemas.at("/Pause/properties/forMillis"), 1, DeliveryAttributes.SPAN_MILLIS_MAX);
        JsonNode topic = schemas.at("/TopicSettings/properties");
        assertBounds(topic.get("partitions"), 1, Topic.PARTITIONS_MAX);
        assertBounds(topic.get("retentionMillis"), 0, DeliveryAttributes.SPAN_MILLIS_MAX);
        assertBounds(topic.get("retentionBytes"), 0, TopicSettings.RETENTION_BYTES_MAX);
        assertBounds(topic.get("unsettledMillis"), 0, DeliveryAttributes.SPAN_MILLIS_MAX);
        assertBounds(topic.get("unsettledBytes"), 0, TopicSettings.RETENTION_BYTES_MAX);
        assertBounds(topic.get("tombstoneMillis"), 0, DeliveryAttributes.SPAN_MILLIS_MAX);
        assertBounds(topic.get("deduplicationMillis"), 1, QueueSettings.DEDUPLICATION_MILLIS_MAX);
        JsonNode life = schemas.at("/NewConsumer/properties/timeToLiveMillis");
        assertBounds(life, ConsumerRoutes.LIFE_MILLIS_MIN, ConsumerRoutes.LIFE_MILLIS_MAX);
        assertThat(life.get("default").longValue()).isEqualTo(ConsumerRoutes.LIFE_MILLIS);
        assertBounds(settings.get("deliveriesMax"), 0, DeadLetterSettings.DELIVERIES_MAX);
        assertBounds(settings.get("lengthMax"), 0, LengthPolicy.LENGTH_MAX);
        assertBounds(settings.get("lengthBytesMax"), 0, LengthPolicy.LENGTH_MAX);
        assertThat(RigTest.list(settings.at("/overflow/enum")).stream().map(JsonNode::textValue))
                .containsExactlyElementsOf(
                        Arrays.stream(Overflow.values()).map(Overflow::word).toList());
        assertBounds(
                schemas.at("/RedriveRequest/properties/ratePerSecond"),
                RedriveRequest.UNBOUNDED,
                RedriveRequest.RATE_MAX);
    }

    private static void assertBounds(JsonNode schema, long least, long most) {
        assertThat(schema.get("minimum").longValue()).isEqualTo(least);
        assertThat(schema.get("maximum").longValue()).isEqualTo(most);
    }

    @Test
    void exchangesAreDescribedAsTheyAre() {
        JsonNode schemas = openApi.document().at("/components/schemas");
        assertThat(RigTest.list(schemas.at("/ExchangeType/enum")).stream().map(JsonNode::textValue))
                .containsExactlyElementsOf(Arrays.stream(ExchangeType.values())
                        .map(ExchangeType::word)
                        .toList());
        assertThat(RigTest.list(schemas.at("/HashProperty/enum")).stream().map(JsonNode::textValue))
                .containsExactlyElementsOf(Arrays.stream(HashProperty.values())
                        .map(HashProperty::word)
                        .toList());
        assertThat(schemas.at("/RoutedPublishRequest/properties/messages/maxItems")
                        .intValue())
                .isEqualTo(BatchReader.MESSAGES_MAX);
        assertThat(schemas.at("/BindingArguments/description").textValue())
                .contains(" " + MatchArguments.COUNT_MAX + " ");
    }

    @Test
    void schedulesAreDescribedAsTheyAre() {
        JsonNode schemas = openApi.document().at("/components/schemas");
        assertThat(RigTest.list(schemas.at("/MissedPolicy/enum")).stream().map(JsonNode::textValue))
                .containsExactlyElementsOf(Arrays.stream(MissedPolicy.values())
                        .map(MissedPolicy::word)
                        .toList());
        assertThat(schemas.at("/MissedPolicy/description").textValue()).contains(" " + MissedPolicy.MISSED_MAX + ".");
        assertThat(RigTest.list(schemas.at("/Schedule/properties/state/enum")).stream()
                        .map(JsonNode::textValue))
                .containsExactlyElementsOf(Arrays.stream(ScheduleStatus.State.values())
                        .map(ScheduleStatus.State::word)
                        .toList());
        assertBounds(
                schemas.at("/ScheduleSettings/properties/everyMillis"),
                IntervalTiming.EVERY_MILLIS_MIN,
                IntervalTiming.EVERY_MILLIS_MAX);
        assertThat(schemas.at("/ScheduledMessage/description").textValue())
                .contains(ScheduledMessage.NAME_HEADER, ScheduledMessage.DUE_HEADER, " 64 KiB");
        assertThat(ScheduledMessage.BYTES_MAX).isEqualTo(64 << 10);
    }

    @Test
    void theCheckOfSchemasSeesFaults() {
        JsonNode queue = openApi.document().at("/components/schemas/Queue");
        JsonNode right = http.get("/v1/queues/q").json();
        assertThat(openApi.faults(queue, right)).isEmpty();
        JsonNode wrong = right.deepCopy();
        ((com.fasterxml.jackson.databind.node.ObjectNode) wrong.get("settings")).put("leaseMillis", 0);
        ((com.fasterxml.jackson.databind.node.ObjectNode) wrong)
                .put("more", 1)
                .put("name", 7)
                .remove("space");
        assertThat(openApi.faults(queue, wrong)).hasSize(4);
    }
}
