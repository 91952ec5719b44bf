package io.millrace.api.rest;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.api.Http;
import io.millrace.api.Rig;
import io.millrace.api.Until;
import io.millrace.broker.ResourceName;
import io.millrace.broker.SpaceName;
import io.millrace.broker.SubscriptionStart;
import io.millrace.broker.catalog.ExchangeCatalog;
import io.millrace.broker.catalog.QueueKey;
import io.millrace.broker.catalog.QueueSettings;
import io.millrace.broker.message.DeliveryAttributes;
import io.millrace.broker.message.MessageProperties;
import io.millrace.broker.routing.BindingRequest;
import io.millrace.broker.routing.Destination;
import io.millrace.broker.routing.ExchangeKey;
import io.millrace.broker.routing.ExchangeSettings;
import io.millrace.broker.routing.ExchangeType;
import io.millrace.broker.routing.MatchArguments;
import io.millrace.broker.schedule.IntervalTiming;
import io.millrace.broker.schedule.MissedPolicy;
import io.millrace.broker.schedule.ScheduleKey;
import io.millrace.broker.schedule.ScheduleSettings;
import io.millrace.broker.schedule.ScheduleTarget;
import io.millrace.broker.schedule.ScheduledMessage;
import io.millrace.broker.selector.Selector;
import io.millrace.broker.topic.SubscriptionKind;
import io.millrace.broker.topic.Topic;
import io.millrace.broker.topic.TopicKey;
import io.millrace.broker.topic.TopicSettings;
import io.millrace.engine.ConsumerState;
import io.millrace.engine.ConsumerTerms;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * How a test asks for one route with success, in a broker that has a queue q and a user ada.
 *
 * @param route the route's name
 * @param path the path, given what the case needs was set up by {@code path} itself
 * @param kind what its body is
 * @param body a body that is right
 * @param status the status of the answer
 */
record RouteCase(String route, Function<Rig, String> path, Body kind, String body, int status) {
    /** What a route takes. */
    enum Body {
        NONE,
        JSON,
        ANY
    }

    String method() {
        return route.substring(0, route.indexOf(' '));
    }

    byte[] bytes() {
        return kind == Body.NONE ? null : body.getBytes(UTF_8);
    }

    String contentType() {
        return kind == Body.JSON ? "application/json" : null;
    }

    Http.Answer ask(Rig rig, Http http) {
        return http.send(method(), path.apply(rig), contentType(), bytes());
    }

    @Override
    public String toString() {
        return route;
    }

    private static RouteCase without(String route, String path, int status) {
        return new RouteCase(route, rig -> path, Body.NONE, "", status);
    }

    private static RouteCase json(String route, String path, String body, int status) {
        return new RouteCase(route, rig -> path, Body.JSON, body, status);
    }

    /** Of an exchange x, which leads to the queue q by the key "there". */
    private static RouteCase on(String route, String path, Body kind, String body, int status) {
        return new RouteCase(
                route,
                rig -> {
                    String unused = madeBinding(rig);
                    return "/v1/exchanges" + path;
                },
                kind,
                body,
                status);
    }

    /** A case for each route of the door. */
    static List<RouteCase> all() {
        return Stream.of(ofExchanges(), ofTopics(), ofSubscriptions(), ofConsumers(), ofSchedules(), others())
                .flatMap(List::stream)
                .toList();
    }

    private static List<RouteCase> ofConsumers() {
        return List.of(
                json("POST /v1/queues/{queue}/pause", "/v1/queues/q/pause", "{\"forMillis\":1000}", 200),
                without("POST /v1/queues/{queue}/resume", "/v1/queues/q/resume", 200),
                without("GET /v1/queues/{queue}/consumers", "/v1/queues/q/consumers", 200),
                json(
                        "POST /v1/queues/{queue}/consumers",
                        "/v1/queues/q/consumers",
                        "{\"priority\":7,\"selector\":\"a = 1\"}",
                        201),
                new RouteCase(
                        "POST /v1/queues/{queue}/consumers/{consumer}/renew",
                        rig -> madeConsumer(rig) + "/renew",
                        Body.NONE,
                        "",
                        200),
                new RouteCase(
                        "DELETE /v1/queues/{queue}/consumers/{consumer}",
                        rig -> madeConsumer(rig) + "?keepLeases=false",
                        Body.NONE,
                        "",
                        204));
    }

    private static String madeConsumer(Rig rig) {
        QueueKey key = new QueueKey(SpaceName.ROOT, new ResourceName("q"));
        ConsumerState made = rig.broker()
                .consumers()
                .attach(
                        rig.broker().catalog().snapshot().queue(key),
                        new ConsumerTerms("admin", 0, false, ConsumerTerms.UNTIL_DETACHED))
                .join();
        return "/v1/queues/q/consumers/" + Long.toHexString(made.number());
    }

    private static List<RouteCase> ofSchedules() {
        String settings = "{\"cron\":\"0 9 * * *\",\"queue\":\"q\",\"message\":{\"body\":\"a\",\"headers\":{\"n\":1}}}";
        return List.of(
                scheduled("GET /v1/schedules", "?prefix=s&limit=10", Body.NONE, "", 200),
                scheduled("GET /v1/schedules/{schedule}", "/s", Body.NONE, "", 200),
                json("PUT /v1/schedules/{schedule}", "/v1/schedules/new", settings, 201),
                scheduled("PATCH /v1/schedules/{schedule}", "/s", Body.JSON, "{\"enabled\":false}", 200),
                scheduled("DELETE /v1/schedules/{schedule}", "/s", Body.NONE, "", 204),
                scheduled("POST /v1/schedules/{schedule}/fire", "/s/fire", Body.NONE, "", 201));
    }

    /** Of a schedule s, which publishes to the queue q a century from now. */
    private static RouteCase scheduled(String route, String path, Body kind, String body, int status) {
        return new RouteCase(
                route,
                rig -> {
                    rig.broker()
                            .catalog()
                            .schedules()
                            .create(
                                    new ScheduleKey(SpaceName.ROOT, new ResourceName("s")),
                                    new ScheduleSettings(
                                            new IntervalTiming(IntervalTiming.EVERY_MILLIS_MAX),
                                            ScheduleTarget.queue("q"),
                                            new ScheduledMessage(
                                                    DeliveryAttributes.NONE, MessageProperties.NONE, new byte[] {1}),
                                            MissedPolicy.ONCE,
                                            true))
                            .join();
                    return "/v1/schedules" + path;
                },
                kind,
                body,
                status);
    }

    private static List<RouteCase> ofExchanges() {
        return List.of(
                on("GET /v1/exchanges", "?prefix=q&limit=10", Body.NONE, "", 200),
                on("GET /v1/exchanges/{exchange}", "/x", Body.NONE, "", 200),
                json("PUT /v1/exchanges/{exchange}", "/v1/exchanges/new", "{\"type\":\"topic\"}", 201),
                on("DELETE /v1/exchanges/{exchange}", "/x?ifUnused=false", Body.NONE, "", 204),
                on("GET /v1/exchanges/{exchange}/bindings", "/x/bindings?limit=10&after=0", Body.NONE, "", 200),
                on(
                        "POST /v1/exchanges/{exchange}/bindings",
                        "/x/bindings",
                        Body.JSON,
                        "{\"queue\":\"q\",\"routingKey\":\"new\",\"arguments\":{\"a\":1},\"filter\":{\"a\":[1]}}",
                        201),
                new RouteCase(
                        "GET /v1/exchanges/{exchange}/bindings/{binding}", RouteCase::madeBinding, Body.NONE, "", 200),
                new RouteCase(
                        "DELETE /v1/exchanges/{exchange}/bindings/{binding}",
                        RouteCase::madeBinding,
                        Body.NONE,
                        "",
                        204),
                on(
                        "POST /v1/exchanges/{exchange}/unbind",
                        "/x/unbind",
                        Body.JSON,
                        "{\"queue\":\"q\",\"routingKey\":\"there\"}",
                        204),
                on("POST /v1/exchanges/{exchange}/messages", "/x/messages", Body.ANY, "hello", 200),
                on(
                        "POST /v1/exchanges/{exchange}/publish",
                        "/x/publish",
                        Body.JSON,
                        "{\"messages\":[{\"routingKey\":\"there\",\"body\":\"a\"},{\"body\":\"b\"}]}",
                        201));
    }

    private static List<RouteCase> ofTopics() {
        String read = "?from=earliest&limit=5&bytesMax=100&waitMillis=0";
        return List.of(
                onTopic("GET /v1/topics", "?prefix=t&limit=10", Body.NONE, "", 200),
                onTopic("GET /v1/topics/{topic}", "/t", Body.NONE, "", 200),
                json(
                        "PUT /v1/topics/{topic}",
                        "/v1/topics/new",
                        "{\"partitions\":3,\"compacted\":true,\"keepUnsettled\":true,\"unsettledMillis\":9,"
                                + "\"unsettledBytes\":9}",
                        201),
                onTopic("PATCH /v1/topics/{topic}", "/t", Body.JSON, "{\"partitions\":4}", 200),
                onTopic("DELETE /v1/topics/{topic}", "/t", Body.NONE, "", 204),
                onTopic("POST /v1/topics/{topic}/messages", "/t/messages", Body.ANY, "hello", 201),
                onTopic(
                        "POST /v1/topics/{topic}/publish",
                        "/t/publish",
                        Body.JSON,
                        "{\"messages\":[{\"key\":\"k\",\"body\":\"a\"},{\"body\":\"b\",\"partition\":1}]}",
                        201),
                onTopic(
                        "POST /v1/topics/{topic}/partitions/{partition}/publish",
                        "/t/partitions/1/publish?producer=p&epoch=0&sequence=0",
                        Body.JSON,
                        "{\"messages\":[{\"key\":\"k\",\"body\":\"a\"},{\"body\":\"b\"}]}",
                        201),
                onTopic(
                        "GET /v1/topics/{topic}/partitions/{partition}/messages",
                        "/t/partitions/1/messages" + read,
                        Body.NONE,
                        "",
                        200),
                without("GET /v1/queues/{queue}/log", "/v1/queues/q/log" + read, 200));
    }

    private static List<RouteCase> ofSubscriptions() {
        String one = "/v1/topics/{topic}/subscriptions/{subscription}";
        return List.of(
                onTopic("GET /v1/topics/{topic}/subscriptions", "/t/subscriptions", Body.NONE, "", 200),
                onTopic("GET " + one, "/t/subscriptions/s", Body.NONE, "", 200),
                onTopic(
                        "PUT " + one,
                        "/t/subscriptions/new",
                        Body.JSON,
                        "{\"kind\":\"by-key\",\"filter\":\"a = 'b'\"}",
                        201),
                onTopic("PATCH " + one, "/t/subscriptions/s", Body.JSON, "{\"paused\":true}", 200),
                onTopic("POST " + one + "/seek", "/t/subscriptions/s/seek", Body.JSON, "{\"to\":\"earliest\"}", 200),
                onTopic("DELETE " + one, "/t/subscriptions/s", Body.NONE, "", 204));
    }

    /** Of a topic t with two partitions and a subscription s. */
    private static RouteCase onTopic(String route, String path, Body kind, String body, int status) {
        return new RouteCase(
                route,
                rig -> {
                    TopicKey key = new TopicKey(SpaceName.ROOT, new ResourceName("t"));
                    if (rig.broker().catalog().snapshot().topics().get(key) == null) {
                        rig.broker()
                                .topics()
                                .create(key, 2, TopicSettings.DEFAULT)
                                .join();
                    }
                    Topic topic = rig.broker().catalog().snapshot().topics().get(key);
                    if (rig.broker()
                            .catalog()
                            .snapshot()
                            .subscriptions()
                            .of(topic)
                            .isEmpty()) {
                        rig.broker()
                                .subscriptions()
                                .create(
                                        topic,
                                        new ResourceName("s"),
                                        SubscriptionKind.SHARED,
                                        Selector.compile("region = 'eu'"),
                                        SubscriptionStart.EARLIEST,
                                        QueueSettings.DEFAULT)
                                .join();
                    }
                    return "/v1/topics" + path;
                },
                kind,
                body,
                status);
    }

    private static List<RouteCase> others() {
        return List.of(
                without("GET /v1/queues", "/v1/queues?prefix=q&limit=10", 200),
                without("GET /v1/queues/{queue}", "/v1/queues/q", 200),
                json("PUT /v1/queues/{queue}", "/v1/queues/new", "{\"leaseMillis\":1000}", 201),
                json("PATCH /v1/queues/{queue}", "/v1/queues/q", "{\"leaseMillis\":1000}", 200),
                without("DELETE /v1/queues/{queue}", "/v1/queues/q", 204),
                new RouteCase(
                        "POST /v1/queues/{queue}/messages", rig -> "/v1/queues/q/messages", Body.ANY, "hello", 201),
                without("GET /v1/queues/{queue}/messages", "/v1/queues/q/messages?state=ready&limit=5", 200),
                json(
                        "POST /v1/queues/{queue}/publish",
                        "/v1/queues/q/publish",
                        "{\"messages\":[{\"body\":\"a\",\"headers\":{\"n\":1}}]}",
                        201),
                json("POST /v1/queues/{queue}/receive", "/v1/queues/q/receive", "{\"max\":1}", 200),
                json(
                        "POST /v1/transactions",
                        "/v1/transactions",
                        "{\"publish\":[{\"queue\":\"q\",\"messages\":[{\"body\":\"m\"}]}]}",
                        200),
                json(
                        "POST /v1/queues/{queue}/settle",
                        "/v1/queues/q/settle",
                        "{\"settle\":[{\"lease\":\"1-0-1\",\"action\":\"acknowledge\"}]}",
                        200),
                without("POST /v1/queues/{queue}/purge", "/v1/queues/q/purge", 200),
                json("POST /v1/queues/{queue}/redrive", "/v1/queues/q/redrive", "{\"ratePerSecond\":7}", 202),
                without("GET /v1/queues/{queue}/redrive", "/v1/queues/q/redrive", 200),
                new RouteCase("GET /v1/queues/{queue}/redrive/{id}", RouteCase::madeRedrive, Body.NONE, "", 200),
                new RouteCase("DELETE /v1/queues/{queue}/redrive/{id}", RouteCase::madeRedrive, Body.NONE, "", 202),
                without("GET /v1/spaces", "/v1/spaces", 200),
                without("GET /v1/spaces/{space}", "/v1/spaces/root", 200),
                json("PUT /v1/spaces/{space}", "/v1/spaces/shop", "{}", 200),
                new RouteCase("DELETE /v1/spaces/{space}", RouteCase::madeSpace, Body.NONE, "", 204),
                without("GET /v1/users", "/v1/users", 200),
                without("GET /v1/users/{user}", "/v1/users/ada", 200),
                json("PUT /v1/users/{user}", "/v1/users/ada", "{\"tags\":[\"a\"]}", 200),
                without("DELETE /v1/users/{user}", "/v1/users/ada", 204),
                without("POST /v1/users/{user}/access-keys", "/v1/users/ada/access-keys", 201),
                new RouteCase("DELETE /v1/users/{user}/access-keys/{id}", RouteCase::madeKey, Body.NONE, "", 204),
                without("GET /v1/log-level", "/v1/log-level", 200),
                json("PUT /v1/log-level", "/v1/log-level", "{\"logger\":\"a\",\"level\":\"warn\"}", 200),
                new RouteCase("POST /v1/backups", RouteCase::noBackup, Body.JSON, "{\"name\":\"monday\"}", 202),
                new RouteCase("GET /v1/backups/{backup}", RouteCase::madeBackup, Body.NONE, "", 200),
                new RouteCase("DELETE /v1/backups/{backup}", RouteCase::madeBackup, Body.NONE, "", 202),
                without("GET /v1/openapi.yaml", "/v1/openapi.yaml", 200),
                without("GET /v1/problems/{problem}", "/v1/problems/closing", 200),
                without("GET /health/live", "/health/live", 200),
                without("GET /health/ready", "/health/ready", 200),
                without("GET /metrics", "/metrics", 200));
    }

    private static String madeBinding(Rig rig) {
        ExchangeKey key = new ExchangeKey(SpaceName.ROOT, new ResourceName("x"));
        ExchangeCatalog exchanges = rig.broker().catalog().exchanges();
        exchanges.create(key, ExchangeSettings.of(ExchangeType.DIRECT)).join();
        BindingRequest request = new BindingRequest(
                key, Destination.Kind.QUEUE, new ResourceName("q"), "there", MatchArguments.NONE, null);
        return "/v1/exchanges/x/bindings/"
                + exchanges.bind(request).join().binding().id();
    }

    private static String madeSpace(Rig rig) {
        rig.broker().catalog().createSpace(new SpaceName("empty")).join();
        return "/v1/spaces/empty";
    }

    private static String noBackup(Rig rig) {
        rig.backups().await();
        return "/v1/backups";
    }

    private static String madeBackup(Rig rig) {
        rig.backups().await();
        rig.backups().begin("made", 0);
        rig.backups().await();
        return "/v1/backups/made";
    }

    /** One that has ended, of a queue whose messages have not died anywhere. */
    private static String madeRedrive(Rig rig) {
        Http http = rig.http().as("admin", "secret");
        String id = http.post("/v1/queues/q/redrive", "{}")
                .expect(202)
                .json()
                .get("id")
                .textValue();
        String path = "/v1/queues/q/redrive/" + id;
        Until.holds(() -> !http.get(path).json().get("state").textValue().equals("running"));
        return path;
    }

    private static String madeKey(Rig rig) {
        String id = rig.http()
                .as("admin", "secret")
                .send("POST", "/v1/users/ada/access-keys", null, null)
                .expect(201)
                .json()
                .get("id")
                .textValue();
        return "/v1/users/ada/access-keys/" + id;
    }
}
