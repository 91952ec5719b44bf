package io.millrace.api.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.api.Http;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Publishes and acknowledgements in several queues, and so in several shards, in one request. */
class TransactionRouteTest extends RigTest {
    private static final String HELD = "{\"leaseMillis\":600000}";

    @BeforeEach
    void createMore() {
        http.put("/v1/queues/invoices", "").expect(201);
        http.put("/v1/queues/parcels", "").expect(201);
    }

    private Http.Answer transact(String json) {
        return http.post("/v1/transactions", json.replace('\'', '"'));
    }

    private List<String> bodiesIn(String queue) {
        return bodies(list(
                http.get("/v1/queues/" + queue + "/messages").expect(200).json().get("messages")));
    }

    @Test
    void anAcknowledgementAndItsFollowUpsAreDoneTogetherAndStayOverARestart() throws IOException {
        publish("order");
        String lease = receive(HELD).get(0).get("lease").textValue();

        JsonNode answer = transact("{'acknowledge':[{'queue':'q','lease':'" + lease + "'}],'publish':["
                        + "{'queue':'invoices','messages':[{'body':'a'},{'body':'b','priority':3}]},"
                        + "{'queue':'parcels','messages':[{'body':'c','deduplicationId':'7'}]},"
                        + "{'queue':'invoices','messages':[{'body':'d'}]}]}")
                .expect(200)
                .json();

        assertThat(list(answer.get("published")).stream()
                        .map(each -> each.get("queue").textValue()))
                .containsExactly("invoices", "parcels", "invoices");
        assertThat(answer.at("/published/0/ids")).hasSize(2);
        for (int life = 0; life < 2; life++) {
            assertThat(bodiesIn("q")).isEmpty();
            assertThat(bodiesIn("invoices")).containsExactly("a", "b", "d");
            assertThat(bodiesIn("parcels")).containsExactly("c");
            assertThat(http.get("/v1/queues/invoices/messages")
                            .json()
                            .at("/messages/0/id")
                            .textValue())
                    .isEqualTo(answer.at("/published/0/ids/0").textValue());
            rig.restart();
            http = rig.http();
        }
        assertThat(stats().get("leased").intValue()).isZero();
    }

    @Test
    void whereALeaseIsLostNothingIsDone() {
        publish("order");
        JsonNode message = receive(HELD).get(0);
        settle(message, "release");

        JsonNode problem = transact("{'acknowledge':[{'queue':'q','lease':'"
                        + message.get("lease").textValue() + "'}],"
                        + "'publish':[{'queue':'invoices','messages':[{'body':'a'}]}]}")
                .expect(409)
                .json();

        assertThat(problem.get("type").textValue()).isEqualTo("/v1/problems/lease-lost");
        assertThat(problem.get("retryable").booleanValue()).isFalse();
        assertThat(bodiesIn("invoices")).isEmpty();
        assertThat(stats().get("ready").intValue()).isEqualTo(1);
    }

    @Test
    void aLeaseOfAnotherQueueIsLost() {
        publish("order");
        String lease = receive(HELD).get(0).get("lease").textValue();

        transact("{'acknowledge':[{'queue':'parcels','lease':'" + lease + "'}]}")
                .expect(409);

        assertThat(stats().get("leased").intValue()).isEqualTo(1);
    }

    @Test
    void whatWasPublishedBeforeIsSaidToBe() {
        transact("{'publish':[{'queue':'parcels','messages':[{'body':'c','deduplicationId':'7'}]}]}")
                .expect(200);

        JsonNode published = transact("{'publish':[{'queue':'parcels','messages':["
                        + "{'body':'b'},{'body':'c','deduplicationId':'7'},{'body':'d','deduplicationId':'8'}]},"
                        + "{'queue':'invoices','messages':[{'body':'c','deduplicationId':'7'}]}]}")
                .expect(200)
                .json()
                .get("published");

        assertThat(published.at("/0/duplicates").toString()).isEqualTo("[1]");
        assertThat(published.at("/1").has("duplicates")).isFalse();
        assertThat(bodiesIn("parcels")).containsExactly("c", "b", "d");
    }

    @Test
    void whereOneQueueIsNotThereOrAMessageIsTooLargeNothingIsDone() {
        http.patch("/v1/queues/parcels", "{\"messageBytesMax\":10}").expect(200);

        transact("{'publish':[{'queue':'invoices','messages':[{'body':'a'}]},"
                        + "{'queue':'none','messages':[{'body':'a'}]}]}")
                .expect(404);
        transact("{'publish':[{'queue':'invoices','messages':[{'body':'a'}]},"
                        + "{'queue':'parcels','messages':[{'body':'12345678901'}]}]}")
                .expect(413);

        assertThat(bodiesIn("invoices")).isEmpty();
    }

    @Test
    void aPublishOfMessagesThatSayDifferentThingsIsStoredEntirelyOrNotAtAll() {
        http.post("/v1/queues/q/publish", "{\"messages\":[{\"body\":\"0\"},{\"body\":\"1\",\"priority\":1}]}")
                .expect(201);
        assertThat(bodiesIn("q")).containsExactly("0", "1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "[] | the body is not a JSON object",
                "{} | there is nothing to publish and nothing to acknowledge",
                "{'publish':[],'acknowledge':[]} | there is nothing to publish and nothing to acknowledge",
                "{'publish':7} | publish is not an array",
                "{'publish':[7]} | an element of publish is not a JSON object",
                "{'publish':[],'publish':[]} | publish is there twice",
                "{'settle':[]} | there is no field settle",
                "{'publish':[{'messages':[{}]}]} | publish[0].queue, or topic, is missing",
                "{'publish':[{'queue':'q'}]} | publish[0].messages is missing or empty",
                "{'publish':[{'queue':'q','messages':[]}]} | publish[0].messages is missing or empty",
                "{'publish':[{'queue':'q','messages':[{}],'messages':[{}]}]} | publish[0].messages is there twice",
                "{'publish':[{'queue':'q','messages':[{}],'x':1}]} | there is no field publish[0].x",
                "{'publish':[{'queue':'q','messages':[{}]},{'queue':7}]} | publish[1].queue is not a string",
                "{'publish':[{'queue':'q','messages':[{},{'priority':-1}]}]} | message 1 priority is 0 to 4294967295",
                "{'acknowledge':[{'queue':'q'}]} | acknowledge[0].lease is missing",
                "{'acknowledge':[{'lease':'1-0-1'}]} | acknowledge[0].queue is missing",
                "{'acknowledge':[{'queue':'q','lease':'x'}]} | acknowledge[0].lease is not a lease",
                "{'acknowledge':[{'queue':'q','queue':'q'}]} | acknowledge[0].queue is there twice",
                "{'acknowledge':[{'queue':'q','action':'release'}]} | there is no field acknowledge[0].action",
                "{'publish':[{'queue':'q','messages':[{}]}]} 7 | something follows the JSON object",
            })
    void whatIsWrongIsSaidAndNothingIsDone(String json, String detail) {
        assertThat(transact(json).expect(400).json().get("detail").textValue()).contains(detail);
        assertThat(bodiesIn("q")).isEmpty();
    }

    @Test
    void thereAreBoundsForMessagesAndLeases() {
        String message = "{'body':''}";
        String many = message + ("," + message).repeat(BatchReader.MESSAGES_MAX - 1);
        transact("{'publish':[{'queue':'q','messages':[" + many + "]},{'queue':'q','messages':[" + message + "]}]}")
                .expect(400);
        String lease = "{'queue':'q','lease':'1-0-1'}";
        transact("{'acknowledge':[" + lease + ("," + lease).repeat(SettleReader.LEASES_MAX) + "]}")
                .expect(400);
        transact("{'publish':[{'queue':'q','messages':[" + many + "]}]}").expect(200);
        assertThat(stats().get("ready").intValue()).isEqualTo(BatchReader.MESSAGES_MAX);
    }
}
