package io.millrace.server.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** What becomes of a publish when the broker is busy, refuses or vanishes. */
class PublisherTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final AtomicInteger calls = new AtomicInteger();

    @Test
    void whatABusyBrokerRefusesIsSentAgainAndStoredOnce() throws Exception {
        try (var server = ScriptedServer.open((exchange, body) -> {
            if (calls.incrementAndGet() <= 2) {
                exchange.getResponseHeaders().set("Retry-After", "0");
                ScriptedServer.problem(exchange, 503, "overloaded", "wait");
            } else {
                ScriptedServer.json(exchange, 201, ScriptedServer.ids(body));
            }
        })) {
            PublishTally tally = publish(server, 3, 10, 1);

            assertThat(tally.confirmed()).isEqualTo(3);
            assertThat(tally.failure()).isNull();
            assertThat(server.requests()).hasSize(3).allMatch(each -> each.contains("/v1/queues/q/publish"));
        }
    }

    @Test
    void whatIsRefusedForGoodIsCountedAndNothingElseIsSent() throws Exception {
        try (var server = ScriptedServer.open(
                (exchange, body) -> ScriptedServer.problem(exchange, 413, "message-too-large", "of 5 bytes"))) {
            PublishTally tally = publish(server, 10, 2, 1);

            assertThat(tally.refused()).isEqualTo(2);
            assertThat(tally.confirmed() + tally.unknown()).isZero();
            assertThat(tally.failure()).hasMessage("Title of message-too-large: of 5 bytes");
            assertThat(server.requests()).hasSize(1);
        }
    }

    @Test
    void aConnectionThatIsLostLeavesTheOutcomeOpenAndIsNotRepeated() throws Exception {
        try (var server = ScriptedServer.open((exchange, body) -> {
            if (calls.incrementAndGet() == 1) {
                ScriptedServer.json(exchange, 201, ScriptedServer.ids(body));
            }
        })) {
            PublishTally tally = publish(server, 6, 2, 1);

            assertThat(tally.confirmed()).isEqualTo(2);
            assertThat(tally.unknown()).isEqualTo(2);
            assertThat(tally.failure()).hasMessageContaining("was lost");
            assertThat(server.requests()).hasSize(2);
        }
    }

    @Test
    void whatHasIdsIsSentAgainWhereTheAnswerWasLost() throws Exception {
        try (var server = ScriptedServer.open((exchange, body) -> {
            if (calls.incrementAndGet() > 1) {
                String ids = ScriptedServer.ids(body);
                ScriptedServer.json(exchange, 201, ids.substring(0, ids.length() - 1) + ",\"duplicates\":[0,1]}");
            }
        })) {
            PublishTally tally = publish(server, 2, 2, 1, this::withId);

            assertThat(tally.failure()).isNull();
            assertThat(tally.confirmed()).isEqualTo(2);
            assertThat(tally.duplicates()).isEqualTo(2);
            assertThat(server.requests()).hasSize(2);
            assertThat(server.requests().get(1)).isEqualTo(server.requests().get(0));
        }
    }

    @Test
    void aRefusalAfterALostAnswerLeavesTheOutcomeOpen() throws Exception {
        try (var server = ScriptedServer.open((exchange, body) -> {
            if (calls.incrementAndGet() > 1) {
                ScriptedServer.problem(exchange, 404, "queue-not-found", "gone meanwhile");
            }
        })) {
            PublishTally tally = publish(server, 2, 2, 1, this::withId);

            assertThat(tally.unknown()).isEqualTo(2);
            assertThat(tally.refused()).isZero();
            assertThat(tally.failure()).hasMessageContaining("gone meanwhile");
            assertThat(server.requests()).hasSize(2);
        }
    }

    /** The numbers of a request stay when it is sent again, and those of the next follow. */
    @Test
    void whatIsNumberedIsSentAgainWithTheSameNumber() throws Exception {
        try (var server = ScriptedServer.open((exchange, body) -> {
            switch (calls.incrementAndGet()) {
                case 1 -> ScriptedServer.json(exchange, 201, "{\"messages\":[]}");
                case 2 -> {} // The answer is lost.
                case 3 -> ScriptedServer.problem(exchange, 409, "sequence-known", "it is stored");
                default -> ScriptedServer.problem(exchange, 409, "producer-fenced", "begun anew");
            }
        })) {
            var api = new HttpApi(URI.create(server.url()), Optional.empty(), Optional.empty());
            PublishTally tally = publish(new TopicClient(api, "t").sink(1, "a b", 3, 70), 5, 2, 1, OutgoingMessage::of);

            String path = "/v1/topics/t/partitions/1/publish?producer=a%20b&epoch=3&sequence=";
            assertThat(server.requests()).hasSize(4);
            assertThat(server.requests().get(0)).contains(path + "70");
            assertThat(server.requests().get(1)).contains(path + "72");
            assertThat(server.requests().get(2)).isEqualTo(server.requests().get(1));
            assertThat(server.requests().get(3)).contains(path + "74");
            assertThat(tally.confirmed()).isEqualTo(4);
            assertThat(tally.duplicates()).isEqualTo(2);
            assertThat(tally.refused()).isEqualTo(1);
            assertThat(tally.failure()).hasMessageContaining("begun anew");
        }
    }

    /** One message of the request could be stored twice. */
    @Test
    void whatHasIdsInPartIsNotSentAgain() throws Exception {
        try (var server = ScriptedServer.open((exchange, body) -> calls.incrementAndGet())) {
            PublishTally tally =
                    publish(server, 2, 2, 1, text -> text.equals("m0") ? withId(text) : OutgoingMessage.of(text));

            assertThat(tally.unknown()).isEqualTo(2);
            assertThat(server.requests()).hasSize(1);
        }
    }

    private OutgoingMessage withId(String text) {
        var delivery = new Delivery(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(text));
        return new OutgoingMessage(text.getBytes(UTF_8), Optional.empty(), Optional.empty(), Map.of(), delivery);
    }

    @Test
    void aBrokerThatDoesNotKnowItselfLeavesTheOutcomeOpen() throws Exception {
        try (var server = ScriptedServer.open(
                (exchange, body) -> ScriptedServer.problem(exchange, 503, "timed-out", "look before"))) {
            PublishTally tally = publish(server, 1, 10, 1);

            assertThat(tally.unknown()).isEqualTo(1);
            assertThat(server.requests()).hasSize(1);
        }
    }

    @Test
    void noMoreRequestsAreUnderWayThanAllowed() throws Exception {
        var release = new CountDownLatch(1);
        var atATime = new AtomicInteger();
        var most = new AtomicInteger();
        var full = new CountDownLatch(3);
        try (var server = ScriptedServer.open((exchange, body) -> {
            most.accumulateAndGet(atATime.incrementAndGet(), Math::max);
            full.countDown();
            awaitQuietly(release);
            atATime.decrementAndGet();
            ScriptedServer.json(exchange, 201, ScriptedServer.ids(body));
        })) {
            var publishing = CompletableFuture.supplyAsync(() -> {
                try {
                    return publish(server, 20, 1, 3);
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
            assertThat(full.await(30, TimeUnit.SECONDS)).isTrue();
            release.countDown();

            assertThat(publishing.get(30, TimeUnit.SECONDS).confirmed()).isEqualTo(20);
            assertThat(most).hasValueBetween(2, 3);
        }
    }

    private static PublishTally publish(ScriptedServer server, int messages, int batch, int requests)
            throws InterruptedException {
        return publish(server, messages, batch, requests, OutgoingMessage::of);
    }

    private static PublishTally publish(
            ScriptedServer server, int messages, int batch, int requests, Function<String, OutgoingMessage> message)
            throws InterruptedException {
        var api = new HttpApi(URI.create(server.url()), Optional.empty(), Optional.empty());
        return publish(new QueueClient(api, "q").sink(), messages, batch, requests, message);
    }

    private static PublishTally publish(
            MessageSink sink, int messages, int batch, int requests, Function<String, OutgoingMessage> message)
            throws InterruptedException {
        var publisher = new Publisher(sink, batch, requests);
        for (int i = 0; i < messages; i++) {
            if (!publisher.add(message.apply("m" + i))) {
                break;
            }
        }
        publisher.flush();
        assertThat(publisher.awaitAnswers(PATIENCE)).isTrue();
        return publisher.tally();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
