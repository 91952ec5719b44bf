package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the shard does for those who ask for messages of several queues: receives that may decline, and consumers. */
class ShardJoinedTest extends ShardFixture {
    private static final ConsumerTerms TERMS = new ConsumerTerms("ada", 0, false, 10 * SECOND);

    private final List<Refusal> refusals = new ArrayList<>();

    /** A receive that is one of several. */
    private static final class Part extends ReceiveProbe {
        boolean takes = true;
        int asked;
        int leased;
        boolean isInVain;

        Part(long waitNanos, boolean durable) {
            super(10, Integer.MAX_VALUE, LEASE_NANOS, waitNanos, durable);
        }

        @Override
        protected boolean takes() {
            asked++;
            return takes;
        }

        @Override
        protected void onLeased(int messages, long bytes) {
            leased += messages;
            assertThat(bytes).isGreaterThanOrEqualTo((long) messages * MESSAGE_BYTES);
        }

        @Override
        protected boolean goesOn() {
            isInVain = true;
            return false;
        }
    }

    @Test
    void whoDeclinesGetsNothingAndIsOverAndTheNextOneGetsIt() {
        Part declining = receive(new Part(20 * SECOND, false));
        ReceiveProbe behind = receive(ReceiveProbe.waiting(10, 20 * SECOND));
        declining.takes = false;

        publish(2);

        assertThat(declining.asked).isEqualTo(1);
        assertThat(behind.deliveryCounts()).containsExactly(1, 1);
        assertThat(stats().waiting()).isZero();
        assertThat(stats().counters().delivered()).isEqualTo(2);
        pass(30 * SECOND);
        assertThat(declining.isAnswered()).isFalse();
    }

    @Test
    void whoDeclinesWhatIsThereLeavesItAsItIs() {
        publish(1);
        Part declining = new Part(20 * SECOND, true);
        declining.takes = false;
        receive(declining);

        assertThat(declining.isAnswered()).isFalse();
        assertThat(stats().ready()).isEqualTo(1);
        assertThat(stats().waiting()).isZero();
        assertThat(take().deliveryCount()).isEqualTo(1);
    }

    @Test
    void nobodyIsAskedForWhomThereIsNothing() {
        Part part = new Part(SECOND, false);
        part.matching(NumberFilter.of(2, 1));
        receive(part);
        publish(1);

        assertThat(part.asked).isZero();
        publish(1);
        assertThat(part.asked).isEqualTo(1);
        assertThat(part.numbers()).containsExactly(1001L);
    }

    @Test
    void whatWasLeasedIsToldBeforeItIsDurable() {
        publish(3);
        log.syncAtOnce(false);
        Part part = new Part(0, true);

        shard.receive(QUEUE, part);

        assertThat(part.leased).isEqualTo(3);
        assertThat(part.isAnswered()).isFalse();
        run();
        log.sync();
        run();
        assertThat(part.messages()).hasSize(3);
    }

    @Test
    void oneWhoseMessagesHaveExpiredOnTheirWayIsOver() {
        publish(probe(1).expiryMillis(clock.epochMillis() + 2_000));
        log.syncAtOnce(false);
        Part part = receive(new Part(20 * SECOND, true));
        pass(3 * SECOND);

        log.sync();
        run();

        assertThat(part.isInVain).isTrue();
        assertThat(part.isAnswered()).isFalse();
        assertThat(stats().waiting()).isZero();
    }

    @Test
    void aConsumerOfSeveralQueuesHasOneNumberThatNoOtherHas() {
        ConsumerState first = shard.consumers().join(QUEUE, Receive.NOBODY, TERMS, refusals::add);
        ConsumerState second = shard.consumers().join(OTHER, first.number(), TERMS, refusals::add);
        ConsumerState ofOne = shard.consumers().attach(QUEUE, TERMS, refusals::add);
        run();

        assertThat(second.number()).isEqualTo(first.number());
        assertThat(Consumers.isJoined(first.number())).isTrue();
        assertThat(Consumers.isJoined(ofOne.number())).isFalse();
        assertThat(refusals).isEmpty();
    }

    @Test
    void whoJoinsAgainIsRenewed() {
        ConsumerState first = shard.consumers().join(QUEUE, Receive.NOBODY, TERMS, refusals::add);
        pass(8 * SECOND);
        shard.consumers().join(QUEUE, first.number(), TERMS, refusals::add);
        pass(8 * SECOND);

        assertThat(shard.consumers().list(QUEUE, refusals::add)).hasSize(1);
        pass(8 * SECOND);
        assertThat(shard.consumers().list(QUEUE, refusals::add)).isEmpty();
    }

    @Test
    void nobodyJoinsBesideAnExclusiveConsumer() {
        shard.consumers().attach(QUEUE, TERMS.exclusive(), refusals::add);

        assertThat(shard.consumers().join(QUEUE, Receive.NOBODY, TERMS, refusals::add))
                .isNull();
        assertThat(refusals).containsExactly(Refusal.QUEUE_IN_USE);
    }

    @Test
    void anExclusiveConsumerGetsOnlyWhatItsSelectorSelects() {
        NumberFilter filter = NumberFilter.all();
        ConsumerTerms terms = new ConsumerTerms("ada", 0, false, 10 * SECOND, filter);

        assertThat(terms.exclusive().filter()).isSameAs(filter);
    }
}
