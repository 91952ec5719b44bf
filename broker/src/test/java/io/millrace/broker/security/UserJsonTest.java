package io.millrace.broker.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.broker.SpaceName;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UserJsonTest {
    private static final AccessKeyIssuer ISSUER = new AccessKeyIssuer(Cheap.seal(), new StillClock(), new Random(4));

    private static final User ALICE = User.named("alice \"quoted\" 𝄞")
            .withSpace(new SpaceName("shop"))
            .withTags(List.of("monitoring"))
            .withPassword(Cheap.password("pass-word"))
            .withAccessKey(ISSUER.issue("alice").key())
            .withStatements(List.of(
                    Statement.allow(
                            List.of(Action.PUBLISH, Action.CONSUME),
                            ResourceKind.QUEUE,
                            SpaceScope.only(SpaceName.ROOT),
                            NamePattern.prefix("orders-")),
                    Statement.deny(
                            List.of(Action.DELETE),
                            ResourceKind.TOPIC,
                            SpaceScope.every(),
                            NamePattern.regex("^a|b$"))));

    private static void assertMalformed(String json, String path, String reason) {
        assertThatExceptionOfType(MalformedDefinitionException.class)
                .isThrownBy(() -> UserJson.readText(json))
                .withMessageStartingWith(path + ": ")
                .withMessageContaining(reason);
    }

    @Test
    void aUserComesBackAsItWasWritten() {
        assertThat(UserJson.readText(UserJson.writeText(ALICE)))
                .isEqualTo(ALICE)
                .isNotSameAs(ALICE);
        User plain = User.named("bob").withAdministrator(true);
        assertThat(UserJson.read(UserJson.write(plain))).isEqualTo(plain);
    }

    @Test
    void randomUsersComeBackAsTheyWereWritten() {
        Random random = new Random(2_022);
        for (int round = 0; round < 500; round++) {
            User user = randomUser(random);
            assertThat(UserJson.readText(UserJson.writeText(user))).isEqualTo(user);
        }
    }

    private static User randomUser(Random random) {
        List<Statement> statements = new ArrayList<>();
        for (int left = random.nextInt(5); left > 0; left--) {
            statements.add(randomStatement(random));
        }
        PatternGenerator names = new PatternGenerator(random);
        return User.named("u" + names.name())
                .withSpace(new SpaceName("s" + names.name()))
                .withAdministrator(random.nextBoolean())
                .withTags(random.nextBoolean() ? List.of() : List.of("t" + names.name(), "x"))
                .withStatements(statements);
    }

    private static Statement randomStatement(Random random) {
        ResourceKind kind = pick(random, ResourceKind.values());
        List<Action> fitting =
                List.of(Action.values()).stream().filter(kind::takes).toList();
        List<Action> actions = fitting.subList(0, 1 + random.nextInt(fitting.size()));
        SpaceScope scope = kind.inSpace() && random.nextBoolean()
                ? SpaceScope.only(new SpaceName("s" + random.nextInt()))
                : SpaceScope.every();
        NamePattern pattern = new NamePattern(pick(random, PatternKind.values()), "p" + random.nextInt(1_000));
        return new Statement(pick(random, Effect.values()), actions, kind, scope, pattern);
    }

    private static <E> E pick(Random random, E[] values) {
        return values[random.nextInt(values.length)];
    }

    /** The stored form is a promise: a change of it must be meant. */
    @Test
    void theFormatIsThis() {
        User bob = User.named("bob")
                .withStatements(List.of(Statement.allow(
                        List.of(Action.PUBLISH),
                        ResourceKind.QUEUE,
                        SpaceScope.only(SpaceName.ROOT),
                        NamePattern.glob("orders-*"))));

        assertThat(UserJson.writeText(bob))
                .isEqualTo("{\"version\":1,\"name\":\"bob\",\"space\":\"root\",\"administrator\":false,\"tags\":[],"
                        + "\"accessKeys\":[],\"statements\":[{\"effect\":\"allow\",\"actions\":[\"publish\"],"
                        + "\"kind\":\"queue\",\"space\":\"root\",\"pattern\":{\"glob\":\"orders-*\"}}]}");
        ObjectNode password = (ObjectNode) UserJson.write(ALICE).get("password");
        assertThat(password.fieldNames()).toIterable().containsExactly("pbkdf2Sha512", "scramSha256", "scramSha512");
    }

    @Test
    void anUnknownFieldAnywhereIsRefusedByName() {
        int objects = objectsIn(UserJson.write(ALICE)).size();
        for (int at = 0; at < objects; at++) {
            ObjectNode user = UserJson.write(ALICE);
            objectsIn(user).get(at).put("extra", 1);
            assertThatExceptionOfType(MalformedDefinitionException.class)
                    .as("object %d of %d", at, objects)
                    .isThrownBy(() -> UserJson.read(user))
                    .withMessageMatching(".*(unknown field extra|has not exactly one field)");
        }
        assertThat(objects).isEqualTo(10);
    }

    @Test
    void aMissingFieldAnywhereIsRefusedExceptThePassword() {
        int objects = objectsIn(UserJson.write(ALICE)).size();
        for (int at = 0; at < objects; at++) {
            List<String> names = new ArrayList<>();
            objectsIn(UserJson.write(ALICE)).get(at).fieldNames().forEachRemaining(names::add);
            names.remove("password");
            for (String name : names) {
                ObjectNode user = UserJson.write(ALICE);
                objectsIn(user).get(at).remove(name);
                assertThatExceptionOfType(MalformedDefinitionException.class)
                        .as(name)
                        .isThrownBy(() -> UserJson.read(user))
                        .withMessageMatching(".*(missing|has not exactly one field)");
            }
        }
    }

    @Test
    void aValueOfAnotherTypeAnywhereIsRefused() {
        int objects = objectsIn(UserJson.write(ALICE)).size();
        for (int at = 0; at < objects; at++) {
            List<String> names = new ArrayList<>();
            objectsIn(UserJson.write(ALICE)).get(at).fieldNames().forEachRemaining(names::add);
            for (String name : names) {
                for (String wrong :
                        List.of("null", "[[]]", "{}", "1.5", "\"?\\u0000\"", "-1", "99999999999999999999")) {
                    ObjectNode user = UserJson.write(ALICE);
                    ObjectNode changed = objectsIn(user).get(at);
                    changed.set(name, node(wrong));
                    boolean stillFine = name.equals("createdEpochMillis") && wrong.equals("-1");
                    if (!stillFine) {
                        assertThatExceptionOfType(MalformedDefinitionException.class)
                                .as("%s = %s", name, wrong)
                                .isThrownBy(() -> UserJson.read(user));
                    }
                }
            }
        }
    }

    private static JsonNode node(String json) {
        try {
            return new ObjectMapper().readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The node and every object below it, in document order. */
    private static List<ObjectNode> objectsIn(JsonNode node) {
        List<ObjectNode> found = new ArrayList<>();
        if (node instanceof ObjectNode object) {
            found.add(object);
        }
        if (node instanceof ObjectNode || node instanceof ArrayNode) {
            node.elements().forEachRemaining(child -> found.addAll(objectsIn(child)));
        }
        return found;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"version\":1            | \"version\":2            | user.version               | only 1 is known",
                "\"name\":\"bob\"         | \"name\":\"\"            | user                       | user name is empty",
                "\"space\":\"root\",\"adm | \"space\":\"/\",\"adm    | user.space                 | reserved",
                "\"allow\"                | \"perhaps\"              | user.statements[0].effect  | "
                        + "none of allow, deny",
                "[\"publish\"]            | [\"fly\"]                | user.statements[0].actions[0] | none of create",
                "[\"publish\"]            | []                       | user.statements[0]         | at least one",
                "[\"publish\"]            | [\"connect\"]            | user.statements[0]         | "
                        + "nobody can connect a queue",
                "\"queue\"                | \"tube\"                 | user.statements[0].kind    | none of queue",
                "{\"glob\":\"orders-*\"}  | {\"regex\":\"(\"}        | user.statements[0].pattern | not closed",
                "{\"glob\":\"orders-*\"}  | {\"like\":\"x\"}         | user.statements[0].pattern | none of literal",
                "\"bob\"                  | \"bob\",\"name\":\"eve\" | user                       | not JSON",
                "}]}                      | }]} {}                   | user                       | not JSON",
                "}]}                      | }]                       | user                       | not JSON",
            })
    void whatIsWrongIsNamedByItsPath(String was, String becomes, String path, String reason) {
        User bob = User.named("bob")
                .withStatements(List.of(Statement.allow(
                        List.of(Action.PUBLISH),
                        ResourceKind.QUEUE,
                        SpaceScope.only(SpaceName.ROOT),
                        NamePattern.glob("orders-*"))));
        String json = UserJson.writeText(bob);
        assertThat(json).contains(was);

        assertMalformed(json.replace(was, becomes), path, reason);
    }

    @Test
    void tooManyElementsAreRefusedBeforeTheyAreRead() {
        ObjectNode user = UserJson.write(User.named("bob"));
        for (int tags = 0; tags <= User.TAGS_MAX; tags++) {
            user.withArray("tags").add("same");
        }

        assertMalformed(user.toString(), "user.tags", "more than 16");
    }

    @Test
    void aMessageRepeatsNoCredential() {
        String secret = "c2VjcmV0LXNlY3JldA";
        ObjectNode user = UserJson.write(ALICE);
        ((ObjectNode) user.get("password").get("scramSha256")).put("storedKey", secret + "!");

        assertThatExceptionOfType(MalformedDefinitionException.class)
                .isThrownBy(() -> UserJson.read(user))
                .withMessage("user.password.scramSha256.storedKey: not base64");
        assertThatExceptionOfType(MalformedDefinitionException.class)
                .isThrownBy(() -> UserJson.readText("{\"name\":\"x\", \"hash\": " + secret + "}"))
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain(secret));
    }

    @Test
    void aHostileFieldNameIsShownShortAndOnOneLine() {
        ObjectNode user = UserJson.write(User.named("bob"));
        user.put("\n\u001B[31m" + "x".repeat(10_000), 1);

        assertThatExceptionOfType(MalformedDefinitionException.class)
                .isThrownBy(() -> UserJson.read(user))
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(100).doesNotContain("\n", "\u001B"));
    }

    @Test
    void deeplyNestedJsonIsRefused() {
        assertMalformed("[".repeat(100_000), "user", "not JSON");
        assertMalformed("[]", "user", "not an object");
    }

    @Test
    void changedBytesAreReadOrRefusedAndNothingElse() {
        Random random = new Random(9);
        String json = UserJson.writeText(ALICE);
        int refused = 0;
        for (int round = 0; round < 2_000; round++) {
            StringBuilder changed = new StringBuilder(json);
            changed.setCharAt(random.nextInt(json.length()), (char) (1 + random.nextInt(126)));
            try {
                assertThat(UserJson.readText(changed.toString())).isNotNull();
            } catch (MalformedDefinitionException e) {
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(500);
    }
}
