package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.routing.Destination.Kind;
import io.millrace.broker.routing.ExchangeKey;
import io.millrace.broker.routing.ExchangeSettings;
import io.millrace.broker.routing.ExchangeType;
import io.millrace.broker.security.Action;
import io.millrace.broker.security.AuthenticatedBy;
import io.millrace.broker.security.NamePattern;
import io.millrace.broker.security.Principal;
import io.millrace.broker.security.ResourceKind;
import io.millrace.broker.security.SpaceScope;
import io.millrace.broker.security.Statement;
import io.millrace.broker.topic.TopicKey;
import io.millrace.broker.topic.TopicSettings;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who may do what with exchanges, and what a refusal tells. */
class AccessTest {
    private BrokerRig rig;
    private Access access;

    @BeforeEach
    void open() throws IOException {
        rig = BrokerRig.small();
        access = rig.broker.access();
        make("open", ExchangeSettings.of(ExchangeType.DIRECT));
        make("inner", new ExchangeSettings(ExchangeType.FANOUT, true, null, null, null));
    }

    @AfterEach
    void close() throws IOException {
        rig.close();
    }

    private void make(String name, ExchangeSettings settings) {
        rig.answer(rig.broker
                .catalog()
                .exchanges()
                .create(new ExchangeKey(SpaceName.ROOT, new ResourceName(name)), settings));
    }

    private static Statement allow(ResourceKind kind, String name, Action... actions) {
        return Statement.allow(
                Arrays.asList(actions), kind, SpaceScope.only(SpaceName.ROOT), NamePattern.literal(name));
    }

    private Principal user(Statement... statements) {
        rig.answer(rig.broker.catalog().putUser("ada", user -> user.withStatements(List.of(statements))));
        return new Principal("ada", SpaceName.ROOT, AuthenticatedBy.PASSWORD);
    }

    private static void assertForbidden(ThrowingCallable asked, String what) {
        assertThatThrownBy(asked)
                .isInstanceOfSatisfying(
                        BrokerException.class, e -> assertThat(e.error()).isEqualTo(BrokerError.FORBIDDEN))
                .hasMessageContaining(what);
    }

    @Test
    void publishingTakesPublishOnTheExchangeAndOneThatIsNotInternal() {
        Principal nobody = user(allow(ResourceKind.QUEUE, "open", Action.PUBLISH));
        assertForbidden(() -> access.exchangeToPublish(nobody, "open"), "ada may not publish exchange open");
        assertForbidden(() -> access.exchangeToPublish(nobody, "nowhere"), "exchange nowhere");

        Principal publisher = user(
                allow(ResourceKind.EXCHANGE, "open", Action.PUBLISH),
                allow(ResourceKind.EXCHANGE, "inner", Action.PUBLISH));
        assertThat(access.exchangeToPublish(publisher, "open").name()).isEqualTo("open");
        assertThatThrownBy(() -> access.exchangeToPublish(publisher, "inner"))
                .isInstanceOfSatisfying(
                        BrokerException.class, e -> assertThat(e.error()).isEqualTo(BrokerError.EXCHANGE_INTERNAL));
    }

    @Test
    void aBindingTakesConsumeFromItsExchangeAndPublishToWhereItLeads() {
        Principal reader = user(allow(ResourceKind.EXCHANGE, "open", Action.CONSUME));
        assertForbidden(() -> access.binding(reader, "open", Kind.QUEUE, "q"), "may not publish queue q");
        assertForbidden(() -> access.binding(reader, "open", Kind.EXCHANGE, "inner"), "publish exchange inner");
        Principal writer = user(
                allow(ResourceKind.QUEUE, "q", Action.PUBLISH), allow(ResourceKind.EXCHANGE, "inner", Action.PUBLISH));
        assertForbidden(() -> access.binding(writer, "open", Kind.QUEUE, "q"), "may not consume exchange open");
        Principal both = user(
                allow(ResourceKind.EXCHANGE, "open", Action.CONSUME),
                allow(ResourceKind.QUEUE, "q", Action.PUBLISH),
                allow(ResourceKind.EXCHANGE, "inner", Action.PUBLISH));
        access.binding(both, "open", Kind.QUEUE, "q");
        access.binding(both, "open", Kind.EXCHANGE, "inner");
        assertForbidden(() -> access.binding(both, "inner", Kind.QUEUE, "q"), "may not consume exchange inner");
    }

    @Test
    void anAlternateExchangeTakesWhatABindingTakes() {
        ExchangeSettings plain = ExchangeSettings.of(ExchangeType.DIRECT);
        ExchangeSettings alternate =
                new ExchangeSettings(ExchangeType.DIRECT, false, new ResourceName("open"), null, null);
        Principal maker = user(allow(ResourceKind.EXCHANGE, "new", Action.CREATE));
        access.exchangeToMake(maker, "new", plain);
        assertForbidden(() -> access.exchangeToMake(maker, "new", alternate), "may not consume exchange new");
        Principal reader = user(allow(ResourceKind.EXCHANGE, "new", Action.CREATE, Action.CONSUME));
        assertForbidden(() -> access.exchangeToMake(reader, "new", alternate), "may not publish exchange open");
        Principal all = user(
                allow(ResourceKind.EXCHANGE, "new", Action.CREATE, Action.CONSUME),
                allow(ResourceKind.EXCHANGE, "open", Action.PUBLISH));
        access.exchangeToMake(all, "new", alternate);
        assertForbidden(() -> access.exchangeToMake(all, "other", plain), "may not create exchange other");
    }

    @Test
    void onlyWhatMayBeDescribedIsListed() {
        make("outer", ExchangeSettings.of(ExchangeType.FANOUT));
        Principal some = user(
                allow(ResourceKind.EXCHANGE, "inner", Action.DESCRIBE),
                allow(ResourceKind.EXCHANGE, "outer", Action.DESCRIBE));
        assertThat(access.exchanges(some, new NamePage("", "", 10)))
                .extracting("name")
                .containsExactly("inner", "outer");
        assertThat(access.exchanges(some, new NamePage("", "inner", 10)))
                .extracting("name")
                .containsExactly("outer");
        assertThat(access.exchanges(some, new NamePage("i", "", 10)))
                .extracting("name")
                .containsExactly("inner");
        assertThat(access.exchanges(some, new NamePage("", "", 1)))
                .extracting("name")
                .containsExactly("inner");
    }

    @Test
    void whoTakesATopicForAQueueIsToldWhatItIsIfItMayBeSeen() {
        rig.answer(rig.broker
                .catalog()
                .topics()
                .create(new TopicKey(SpaceName.ROOT, new ResourceName("clicks")), 1, TopicSettings.DEFAULT));
        Statement ofQueue = allow(ResourceKind.QUEUE, "clicks", Action.CONSUME);
        Principal blind = user(ofQueue);
        assertThatThrownBy(() -> access.queue(blind, "clicks", Action.CONSUME)).hasMessage("there is no queue clicks");
        Principal seeing = user(ofQueue, allow(ResourceKind.TOPIC, "clicks", Action.DESCRIBE));
        assertThatThrownBy(() -> access.queue(seeing, "clicks", Action.CONSUME))
                .isInstanceOfSatisfying(
                        BrokerException.class, e -> assertThat(e.error()).isEqualTo(BrokerError.QUEUE_NOT_FOUND))
                .hasMessageContaining("clicks::NAME");
    }
}
