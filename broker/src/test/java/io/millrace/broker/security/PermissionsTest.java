package io.millrace.broker.security;

import static io.millrace.broker.security.Action.ADMINISTER;
import static io.millrace.broker.security.Action.CONFIGURE;
import static io.millrace.broker.security.Action.CONNECT;
import static io.millrace.broker.security.Action.CONSUME;
import static io.millrace.broker.security.Action.CREATE;
import static io.millrace.broker.security.Action.DELETE;
import static io.millrace.broker.security.Action.DESCRIBE;
import static io.millrace.broker.security.Action.PEEK;
import static io.millrace.broker.security.Action.PUBLISH;
import static io.millrace.broker.security.Action.PURGE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.sun.management.ThreadMXBean;
import io.millrace.broker.SpaceName;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class PermissionsTest {
    private static final SpaceName SHOP = new SpaceName("shop");
    private static final SpaceName OTHER = new SpaceName("other");
    private static final SpaceScope IN_SHOP = SpaceScope.only(SHOP);

    private final Directory users = new Directory()
            .with(User.named("nobody"))
            .with(User.named("boss")
                    .withAdministrator(true)
                    .withStatements(List.of(Statement.deny(
                            List.of(PUBLISH), ResourceKind.QUEUE, SpaceScope.every(), NamePattern.any()))))
            .with(User.named("producer")
                    .withStatements(List.of(allow(ResourceKind.QUEUE, "orders-*", PUBLISH, DESCRIBE))))
            .with(User.named("worker")
                    .withStatements(List.of(
                            allow(ResourceKind.QUEUE, "*", CONSUME, PEEK),
                            Statement.deny(
                                    List.of(CONSUME), ResourceKind.QUEUE, IN_SHOP, NamePattern.prefix("secret-")))))
            .with(User.named("rabbit").withSpace(SHOP).withStatements(likeRabbit("^team-", "^(team-|amq\\.)", ".*")))
            .with(User.named("ops")
                    .withStatements(List.of(
                            everywhere(ResourceKind.BROKER, "broker", DESCRIBE),
                            everywhere(ResourceKind.SPACE, "sh*", CONNECT, DESCRIBE),
                            everywhere(ResourceKind.USER, "team-*", ADMINISTER))));

    private final Permissions permissions = new Permissions(users);

    private static Statement allow(ResourceKind kind, String glob, Action... actions) {
        return Statement.allow(List.of(actions), kind, IN_SHOP, NamePattern.glob(glob));
    }

    private static Statement everywhere(ResourceKind kind, String glob, Action... actions) {
        return Statement.allow(List.of(actions), kind, SpaceScope.every(), NamePattern.glob(glob));
    }

    /** RabbitMQ's three patterns, translated as docs/security.md says. */
    private static List<Statement> likeRabbit(String configure, String write, String read) {
        List<Action> configureActions = List.of(CREATE, CONFIGURE, DELETE, DESCRIBE);
        return List.of(
                Statement.allow(configureActions, ResourceKind.QUEUE, IN_SHOP, NamePattern.regex(configure)),
                Statement.allow(configureActions, ResourceKind.EXCHANGE, IN_SHOP, NamePattern.regex(configure)),
                Statement.allow(List.of(PUBLISH, DESCRIBE), ResourceKind.QUEUE, IN_SHOP, NamePattern.regex(write)),
                Statement.allow(List.of(PUBLISH, DESCRIBE), ResourceKind.EXCHANGE, IN_SHOP, NamePattern.regex(write)),
                Statement.allow(
                        List.of(CONSUME, PEEK, PURGE, DESCRIBE), ResourceKind.QUEUE, IN_SHOP, NamePattern.regex(read)),
                Statement.allow(List.of(CONSUME, DESCRIBE), ResourceKind.EXCHANGE, IN_SHOP, NamePattern.regex(read)));
    }

    private static Principal principal(String name) {
        return new Principal(name, SpaceName.ROOT, AuthenticatedBy.PASSWORD);
    }

    @ParameterizedTest
    @CsvSource({
        // user,    action,     kind,         space, name,       expected
        "nobody,   PUBLISH,    QUEUE,        shop,  orders-1,   no",
        "nobody,   DESCRIBE,   BROKER,       root,  broker,     no",
        "nobody,   CONNECT,    SPACE,        root,  shop,       no",
        "boss,     PUBLISH,    QUEUE,        shop,  orders-1,   yes",
        "boss,     ADMINISTER, BROKER,       root,  broker,     yes",
        "boss,     DELETE,     SPACE,        root,  other,      yes",
        "producer, PUBLISH,    QUEUE,        shop,  orders-1,   yes",
        "producer, DESCRIBE,   QUEUE,        shop,  orders-1,   yes",
        "producer, PUBLISH,    QUEUE,        shop,  invoices,   no",
        "producer, PUBLISH,    QUEUE,        other, orders-1,   no",
        "producer, PUBLISH,    TOPIC,        shop,  orders-1,   no",
        "producer, CONSUME,    QUEUE,        shop,  orders-1,   no",
        "producer, DELETE,     QUEUE,        shop,  orders-1,   no",
        "worker,   CONSUME,    QUEUE,        shop,  orders-1,   yes",
        "worker,   CONSUME,    QUEUE,        shop,  secret-1,   no",
        "worker,   PEEK,       QUEUE,        shop,  secret-1,   yes",
        "worker,   PUBLISH,    QUEUE,        shop,  orders-1,   no",
        "rabbit,   CREATE,     QUEUE,        shop,  team-1,     yes",
        "rabbit,   CREATE,     QUEUE,        shop,  my-team-1,  no",
        "rabbit,   DELETE,     EXCHANGE,     shop,  team-1,     yes",
        "rabbit,   PUBLISH,    EXCHANGE,     shop,  amq.direct, yes",
        "rabbit,   PUBLISH,    EXCHANGE,     shop,  amqXdirect, no",
        "rabbit,   CONFIGURE,  EXCHANGE,     shop,  amq.direct, no",
        "rabbit,   PURGE,      QUEUE,        shop,  others,     yes",
        "rabbit,   CONSUME,    QUEUE,        other, team-1,     no",
        "ops,      DESCRIBE,   BROKER,       root,  broker,     yes",
        "ops,      ADMINISTER, BROKER,       root,  broker,     no",
        "ops,      CONNECT,    SPACE,        root,  shop,       yes",
        "ops,      CONNECT,    SPACE,        root,  other,      no",
        "ops,      ADMINISTER, USER,         root,  team-a,     yes",
        "ops,      ADMINISTER, USER,         root,  boss,       no",
        "stranger, DESCRIBE,   BROKER,       root,  broker,     no",
    })
    void theMatrix(String user, Action action, ResourceKind kind, String space, String name, String expected) {
        for (int asked = 0; asked < 2; asked++) {
            assertThat(permissions.allows(principal(user), action, kind, new SpaceName(space), name))
                    .isEqualTo(expected.equals("yes"));
        }
    }

    @ParameterizedTest
    @EnumSource(Action.class)
    void aUserWithoutStatementsMayDoNothingAndAnAdministratorAll(Action action) {
        for (ResourceKind kind : ResourceKind.values()) {
            assertThat(permissions.allows(principal("nobody"), action, kind, SHOP, "x"))
                    .isFalse();
            assertThat(permissions.allows(principal("boss"), action, kind, SHOP, "x"))
                    .isTrue();
        }
    }

    @Test
    void aDenialWinsWhereverItStands() {
        Statement allow = allow(ResourceKind.QUEUE, "*", PUBLISH);
        Statement deny = Statement.deny(List.of(PUBLISH), ResourceKind.QUEUE, IN_SHOP, NamePattern.literal("a"));
        for (List<Statement> order : List.of(List.of(allow, deny), List.of(deny, allow))) {
            User user = User.named("u").withStatements(order);
            assertThat(permissions.allows(user, PUBLISH, ResourceKind.QUEUE, SHOP, "a"))
                    .isFalse();
            assertThat(permissions.allows(user, PUBLISH, ResourceKind.QUEUE, SHOP, "b"))
                    .isTrue();
        }
    }

    @Test
    void aChangeOfTheUserCountsFromTheNextQuestionOn() {
        Principal rabbit = principal("rabbit");
        assertThat(permissions.allows(rabbit, CREATE, ResourceKind.QUEUE, SHOP, "team-1"))
                .isTrue();

        users.with(users.byName("rabbit").withStatements(likeRabbit("^crew-", "^crew-", "^crew-")));
        assertThat(permissions.allows(rabbit, CREATE, ResourceKind.QUEUE, SHOP, "team-1"))
                .isFalse();
        assertThat(permissions.allows(rabbit, CREATE, ResourceKind.QUEUE, SHOP, "crew-1"))
                .isTrue();

        users.without("rabbit");
        assertThat(permissions.allows(rabbit, CREATE, ResourceKind.QUEUE, SHOP, "crew-1"))
                .isFalse();
    }

    @Test
    void rememberedDecisionsOfOneUserAreNotAnothers() {
        User all = User.named("u").withStatements(likeRabbit("[a-z]", "[a-z]", "[a-z]"));
        User none = User.named("u").withStatements(likeRabbit("[0-9]$", "[0-9]$", "[0-9]$"));
        for (int round = 0; round < 3; round++) {
            assertThat(permissions.allows(all, CREATE, ResourceKind.QUEUE, SHOP, "x"))
                    .isTrue();
            assertThat(permissions.allows(all, CREATE, ResourceKind.QUEUE, OTHER, "x"))
                    .isFalse();
            assertThat(permissions.allows(none, CREATE, ResourceKind.QUEUE, SHOP, "x"))
                    .isFalse();
            assertThat(permissions.allows(none, CREATE, ResourceKind.QUEUE, SHOP, "x1"))
                    .isTrue();
        }
    }

    @Test
    void rememberedAndForgottenDecisionsAreTheSameAsFreshOnes() {
        User user = User.named("u").withStatements(likeRabbit("[02468]$", "1", "^7"));
        CompiledStatements fresh = CompiledStatements.of(user.statements());
        for (int asked = 0; asked < 3 * DecisionCache.PLACES; asked++) {
            String name = "n" + asked * 7 % (2 * DecisionCache.PLACES);
            boolean expected =
                    fresh.decide(CREATE, ResourceKind.QUEUE, SHOP, name) == CompiledStatements.Decision.ALLOWED;
            assertThat(permissions.allows(user, CREATE, ResourceKind.QUEUE, SHOP, name))
                    .as(name)
                    .isEqualTo(expected);
        }
    }

    /** So many that some share a place in the cache. */
    @Test
    void rememberedDecisionsAreNotThoseOfOtherStatements() {
        DecisionCache cache = new DecisionCache();
        for (int number = 0; number < 3 * DecisionCache.PLACES; number++) {
            boolean even = number % 2 == 0;
            CompiledStatements statements =
                    CompiledStatements.of(even ? List.of(allow(ResourceKind.QUEUE, "*", PUBLISH)) : List.of());
            assertThat(cache.decide(statements, PUBLISH, ResourceKind.QUEUE, SHOP, "q"))
                    .isEqualTo(even ? CompiledStatements.Decision.ALLOWED : CompiledStatements.Decision.OPEN);
        }
    }

    @Test
    void aUserWithManyStatementsGetsTheSameAnswers() {
        List<Statement> statements = new ArrayList<>();
        for (int number = 0; number < User.STATEMENTS_MAX; number++) {
            statements.add(
                    Statement.allow(List.of(PUBLISH), ResourceKind.QUEUE, IN_SHOP, NamePattern.literal("q" + number)));
        }
        User user = User.named("u").withStatements(statements);
        for (int round = 0; round < 2; round++) {
            assertThat(permissions.allows(user, PUBLISH, ResourceKind.QUEUE, SHOP, "q999"))
                    .isTrue();
            assertThat(permissions.allows(user, PUBLISH, ResourceKind.QUEUE, SHOP, "q1000"))
                    .isFalse();
        }
    }

    @Test
    void anAnonymousPrincipalMayDoAllUntilThereIsAUser() {
        Directory empty = new Directory();
        Permissions open = new Permissions(empty);
        assertThat(open.allows(Principal.ANONYMOUS, ADMINISTER, ResourceKind.BROKER, Permissions.BROKER))
                .isTrue();
        assertThat(open.mayWorkIn(Principal.ANONYMOUS, OTHER)).isTrue();
        assertThat(open.mayChangeUser(
                        Principal.ANONYMOUS, null, User.named("first").withAdministrator(true)))
                .isTrue();

        empty.with(User.named("first"));
        assertThat(open.allows(Principal.ANONYMOUS, ADMINISTER, ResourceKind.BROKER, Permissions.BROKER))
                .isFalse();
        assertThat(open.mayWorkIn(Principal.ANONYMOUS, SpaceName.ROOT)).isFalse();
        assertThat(open.mayChangeUser(Principal.ANONYMOUS, null, User.named("second")))
                .isFalse();
    }

    @Test
    void aUserCalledAnonymousIsAUser() {
        users.with(User.named("anonymous").withAdministrator(true));

        assertThat(permissions.allows(principal("anonymous"), PUBLISH, ResourceKind.QUEUE, SHOP, "q"))
                .isTrue();
        assertThat(permissions.allows(Principal.ANONYMOUS, PUBLISH, ResourceKind.QUEUE, SHOP, "q"))
                .isFalse();
    }

    @Test
    void onesOwnSpaceIsOpenUnlessDeniedAndOthersWhereConnectIsAllowed() {
        assertThat(permissions.mayWorkIn(principal("rabbit"), SHOP)).isTrue();
        assertThat(permissions.mayWorkIn(principal("rabbit"), SpaceName.ROOT)).isFalse();
        assertThat(permissions.mayWorkIn(principal("ops"), SHOP)).isTrue();
        assertThat(permissions.mayWorkIn(principal("ops"), OTHER)).isFalse();
        assertThat(permissions.mayWorkIn(principal("boss"), OTHER)).isTrue();
        assertThat(permissions.mayWorkIn(principal("stranger"), SpaceName.ROOT)).isFalse();

        users.with(User.named("barred")
                .withStatements(List.of(
                        Statement.deny(List.of(CONNECT), ResourceKind.SPACE, SpaceScope.every(), NamePattern.any()))));
        assertThat(permissions.mayWorkIn(principal("barred"), SpaceName.ROOT)).isFalse();
    }

    @Test
    void onlyAdministratorsMakeChangeAndRemoveAdministrators() {
        User teamMember = User.named("team-a");
        User teamBoss = teamMember.withAdministrator(true);

        assertThat(permissions.mayChangeUser(principal("ops"), null, teamMember))
                .isTrue();
        assertThat(permissions.mayChangeUser(principal("ops"), teamMember, null))
                .isTrue();
        assertThat(permissions.mayChangeUser(principal("ops"), null, User.named("other")))
                .isFalse();
        assertThat(permissions.mayChangeUser(principal("ops"), teamMember, User.named("other")))
                .isFalse();
        assertThat(permissions.mayChangeUser(principal("ops"), null, teamBoss)).isFalse();
        assertThat(permissions.mayChangeUser(principal("ops"), teamMember, teamBoss))
                .isFalse();
        assertThat(permissions.mayChangeUser(principal("ops"), teamBoss, teamMember))
                .isFalse();
        assertThat(permissions.mayChangeUser(principal("ops"), teamBoss, null)).isFalse();
        assertThat(permissions.mayChangeUser(principal("boss"), teamMember, teamBoss))
                .isTrue();
        assertThat(permissions.mayChangeUser(principal("nobody"), null, teamMember))
                .isFalse();
    }

    @Test
    void aStatementNamesActionsThatFitItsKindAndItsScope() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> everywhere(ResourceKind.BROKER, "*", PUBLISH))
                .withMessage("nobody can publish a broker");
        assertThatIllegalArgumentException().isThrownBy(() -> everywhere(ResourceKind.QUEUE, "*"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> allow(ResourceKind.USER, "*", DESCRIBE))
                .withMessageContaining("lives in no space");
    }

    @Test
    void everyActionFitsSomeKindAndEveryKindTakesSomeAction() {
        for (Action action : Action.values()) {
            assertThat(Arrays.stream(ResourceKind.values()).anyMatch(kind -> kind.takes(action)))
                    .as(action.word())
                    .isTrue();
        }
        for (ResourceKind kind : ResourceKind.values()) {
            assertThat(Arrays.stream(Action.values()).anyMatch(kind::takes))
                    .as(kind.word())
                    .isTrue();
        }
    }

    @Test
    void wordsAreLowerCaseNames() {
        for (Action action : Action.values()) {
            assertThat(action.word()).isEqualTo(action.name().toLowerCase(Locale.ROOT));
        }
    }

    @Test
    void aSpaceIsToBeNamedForWhatLivesInOne() {
        assertThatIllegalStateException()
                .isThrownBy(() -> permissions.allows(principal("boss"), PUBLISH, ResourceKind.QUEUE, "orders"));
    }

    @Test
    void anAnswerAllocatesNothing() {
        Principal worker = principal("worker");
        Principal rabbit = principal("rabbit");
        for (int warm = 0; warm < 20_000; warm++) {
            ask(worker, rabbit);
        }
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        int answers = 0;
        for (int round = 0; round < 10_000; round++) {
            answers += ask(worker, rabbit);
        }
        long allocatedBytes = threads.getCurrentThreadAllocatedBytes() - before;

        assertThat(answers).isEqualTo(20_000);
        assertThat(allocatedBytes).as("less than a byte for each answer").isLessThan(10_000);
    }

    private int ask(Principal worker, Principal rabbit) {
        return (permissions.allows(worker, CONSUME, ResourceKind.QUEUE, SHOP, "orders-1") ? 1 : 0)
                + (permissions.allows(worker, CONSUME, ResourceKind.QUEUE, SHOP, "secret-1") ? 1 : 0)
                + (permissions.allows(rabbit, PUBLISH, ResourceKind.EXCHANGE, SHOP, "team-1") ? 1 : 0);
    }
}
