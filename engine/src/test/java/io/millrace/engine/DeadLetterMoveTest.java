package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.millrace.engine.PeekProbe.Seen;
import io.millrace.engine.ReceiveProbe.Message;
import io.millrace.engine.policy.DeadLetterPolicy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages move from one shard to another: they are removed here and published there, or nothing is done. */
class DeadLetterMoveTest extends ShardsFixture {
    private static final int SOURCE = 1;

    /** To a shard that would not decide, were the others asked for it. */
    private long target = queue(SHARDS - 1);

    private final MoverProbe mover = new MoverProbe(source -> target, this::shard);

    @BeforeEach
    void havePlaceForDeadLetters() {
        host.deadLetterPolicies.put(queue(SOURCE), new DeadLetterPolicy(true, 2, true));
        host.mover = mover;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, SOURCE, SHARDS - 1})
    void theDeadMoveToWhateverShard(int id) {
        target = otherQueue(id);
        publish(queue(SOURCE), probe());

        reject(take(queue(SOURCE)));

        for (int life = 0; life < 3; life++) {
            assertThat(numbers(queue(SOURCE))).isEmpty();
            assertThat(numbers(target)).containsExactly(1000L);
            assertThat(unfinished()).isZero();
            restart();
        }
        assertThat(mover.asked()).isOne();
    }

    /** Each step of a move is a sync of one of the shards; the process may end before any of them. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5})
    void whereverTheProcessEndsTheyAreThereOnceAndMovedInTheEnd(int steps) {
        for (int each : List.of(0, SHARDS - 1)) {
            target = otherQueue(each);
            PublishProbe published = publish(queue(SOURCE), probe());
            Message message = take(queue(SOURCE));
            syncAtOnce(false);
            reject(message);
            for (int step = 0; step < steps; step++) {
                sync(step % 2 == 0 ? SOURCE : each);
            }
            restartOnly();
            syncAtOnce(true);
            host.mover = (source, messages) -> messages.notMoved();
            recover();

            List<Seen> left = seen(queue(SOURCE));
            List<Long> moved = numbers(target);
            assertThat(left.size() + moved.size()).isOne();
            assertThat(moved.isEmpty()).as("it has moved after %d steps", steps).isEqualTo(steps < 3);
            assertThat(left).extracting(Seen::state).doesNotContain(Peek.State.READY);

            host.mover = mover;
            shards.get(SOURCE).settingsChanged(queue(SOURCE));
            run();
            if (steps == 0) {
                // Nobody had been told that it is rejected.
                reject(message);
            }
            assertThat(numbers(queue(SOURCE))).isEmpty();
            assertThat(numbers(target)).containsExactly(published.firstNumber());
        }
    }

    @Test
    void whereTheTargetRefusesTheyStayAndAreTriedAgain() {
        target = 90;
        publish(queue(SOURCE), probe());
        reject(take(queue(SOURCE)));
        assertThat(mover.moves().get(0).refusal()).isEqualTo(Refusal.QUEUE_NOT_FOUND);
        assertThat(seen(queue(SOURCE))).extracting(Seen::state).containsExactly(Peek.State.DEAD);
        target = queue(0);

        shards.get(SOURCE).settingsChanged(queue(SOURCE));
        run();

        assertThat(numbers(queue(0))).containsExactly(1000L);
        assertThat(unfinished()).isZero();
    }

    @Test
    void whatExpiresWhileATransactionHasItIsDeadWhereThatIsRefused() {
        for (int i = 0; i < 2; i++) {
            publish(queue(SOURCE), expiring());
        }
        List<Message> held = List.of(take(queue(SOURCE)), take(queue(SOURCE)));
        List<TransactionProbe> transactions = new ArrayList<>();
        syncAtOnce(false);
        // The one is committed, the other is refused by the last shard; both publish what expires meanwhile.
        for (int i = 0; i < 2; i++) {
            transactions.add(run(transaction()
                    .acknowledge(shards.get(SOURCE), queue(SOURCE), held.get(i))
                    .publish(shards.get(SOURCE), queue(SOURCE), expiring())
                    .publish(shards.get(SHARDS - 1), i == 0 ? otherQueue(SHARDS - 1) : 99, probe())));
        }
        logs.get(SOURCE).syncAtOnce(true);
        assertThat(transactions.get(0).answers()).isZero();
        pass(3 * SECOND);
        assertThat(mover.asked()).isZero();

        syncAtOnce(true);
        sync(SOURCE);
        sync(SHARDS - 1);
        run();

        assertThat(transactions.get(0).isCommitted()).isTrue();
        assertThat(transactions.get(1).refusal()).isEqualTo(Refusal.QUEUE_NOT_FOUND);
        for (int life = 0; life < 2; life++) {
            assertThat(numbers(queue(SOURCE))).isEmpty();
            assertThat(numbers(target)).containsExactlyInAnyOrder(1001L, 1002L);
            restart();
        }
    }

    private PublishProbe expiring() {
        return probe().expiryMillis(clock.epochMillis() + 1000);
    }

    // Removing a message that nobody holds.

    @Test
    void aMessageThatNobodyHoldsCanBeRemovedWhereAnotherIsPublished() {
        publish(queue(SOURCE), probe());
        publish(queue(SOURCE), probe().group(4));
        publish(queue(SOURCE), probe().group(4));

        TransactionProbe move = move(0, 1);

        assertThat(move.isCommitted()).isTrue();
        for (int life = 0; life < 2; life++) {
            assertThat(numbers(queue(SOURCE))).containsExactly(1002L);
            assertThat(numbers(queue(0))).containsExactly(1003L, 1004L);
            assertThat(numbers(queue(2))).containsExactly(1005L, 1006L);
            restart();
        }
        assertThat(take(queue(SOURCE)).number()).isEqualTo(1002L);
    }

    @Test
    void nothingIsDoneWhereTheMessageIsHeldOrGone() {
        for (int i = 0; i < 5; i++) {
            publish(queue(SOURCE), probe());
        }
        take(queue(SOURCE));
        Message settled = take(queue(SOURCE));
        Message claimed = take(queue(SOURCE));
        run(transaction().acknowledge(shards.get(SOURCE), queue(SOURCE), settled));
        syncAtOnce(false);
        // The third is claimed and the sixth is published by one that is not decided.
        run(transaction()
                .acknowledge(shards.get(SOURCE), queue(SOURCE), claimed)
                .publish(shards.get(SOURCE), queue(SOURCE), probe())
                .publish(shards.get(SHARDS - 1), queue(SHARDS - 1), probe()));
        sync(SOURCE);
        logs.get(SOURCE).syncAtOnce(true);
        logs.get(0).syncAtOnce(true);
        List<Seen> before = seen(queue(SOURCE));

        for (long offset : new long[] {0, 1, 2, 5, 6, 100}) {
            TransactionProbe move = run(publishTo(0).and(queue(SOURCE), offset));
            assertThat(move.refusal()).as("of offset %d", offset).isEqualTo(Refusal.LEASE_ENDED);
            TransactionProbe both = run(publishTo(0).and(queue(SOURCE), 3).and(queue(SOURCE), offset));
            assertThat(both.refusal()).as("with offset %d", offset).isEqualTo(Refusal.LEASE_ENDED);
        }

        assertThat(seen(queue(SOURCE))).isEqualTo(before);
        assertThat(seen(queue(0))).isEmpty();
        assertThat(before)
                .extracting(Seen::offset, Seen::state)
                .containsExactly(
                        tuple(0L, Peek.State.LEASED),
                        tuple(2L, Peek.State.LEASED),
                        tuple(3L, Peek.State.READY),
                        tuple(4L, Peek.State.READY));
        syncAtOnce(true);
        sync(SHARDS - 1);
    }

    @Test
    void ofTwoThatMoveTheSameMessageOneDoes() {
        publish(queue(SOURCE), probe());
        Removing one = publishTo(0).and(queue(SOURCE), 0);
        Removing other = publishTo(2).and(queue(SOURCE), 0);

        one.run();
        other.run();
        run();

        assertThat(one.isCommitted() ^ other.isCommitted()).isTrue();
        assertThat(seen(queue(SOURCE))).isEmpty();
        assertThat(numbers(queue(0)).size() + numbers(queue(2)).size()).isOne();
        assertThat(unfinished()).isZero();
    }

    @Test
    void aMessageThatIsDeliveredBeforeTheDecisionIsNotRemoved() {
        publish(queue(SOURCE), probe());
        syncAtOnce(false);
        Removing move = publishTo(0).and(queue(SOURCE), 0);
        run(move);
        logs.get(SOURCE).syncAtOnce(true);
        assertThat(receive(queue(SOURCE), ReceiveProbe.upTo(1)).numbers()).containsExactly(1000L);

        syncAtOnce(true);
        sync(0);

        assertThat(move.refusal()).isEqualTo(Refusal.LEASE_ENDED);
        assertThat(seen(queue(0))).isEmpty();
    }

    private TransactionProbe move(long... offsets) {
        Removing move = new Removing();
        for (long offset : offsets) {
            move.publish(shards.get(0), queue(0), probe());
            move.and(queue(SOURCE), offset);
        }
        for (int i = 0; i < offsets.length; i++) {
            move.publish(shards.get(2), queue(2), probe());
        }
        return run(move);
    }

    private Removing publishTo(int id) {
        Removing move = new Removing();
        move.publish(shards.get(id), queue(id), probe());
        return move;
    }

    private final class Removing extends TransactionProbe {
        Removing and(long logId, long offset) {
            remove(shard(logId), logId, offset);
            return this;
        }
    }

    private void reject(Message message) {
        shards.get(SOURCE).settle(queue(SOURCE), new SettlementProbe().reject(message, "no"));
        run();
    }
}
