package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.millrace.engine.PeekProbe.Seen;
import io.millrace.engine.ReceiveProbe.Message;
import io.millrace.storage.BodyFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Transactions over several shards: whatever happens in between, all of it holds in the end or nothing does. */
class TransactionTest extends ShardsFixture {
    private static final int LAST = SHARDS - 1;

    @Test
    void allOfItIsDoneInAllShards() {
        publish(queue(0), probe());
        Message source = take(queue(0));

        TransactionProbe transaction = run(transaction()
                .acknowledge(shards.get(0), queue(0), source)
                .publish(shards.get(1), queue(1), probe())
                .publish(shards.get(2), queue(2), probe()));

        assertThat(transaction.isCommitted()).isTrue();
        assertThat(transaction.answers()).isEqualTo(1);
        for (int life = 0; life < 3; life++) {
            assertThat(unfinished()).isZero();
            assertThat(seen(queue(0))).isEmpty();
            assertThat(numbers(queue(1))).containsExactly(1001L);
            assertThat(numbers(queue(2))).containsExactly(1002L);
            restart();
        }
        assertThat(receive(queue(1), ReceiveProbe.upTo(2)).numbers()).containsExactly(1001L);
    }

    @Test
    void whatIsPreparedIsKeptBackUntilItIsDecided() {
        publish(queue(0), probe());
        publish(queue(0), probe());
        Message source = take(queue(0));
        syncAtOnce(false);
        TransactionProbe transaction = transaction()
                .acknowledge(shards.get(0), queue(0), source)
                .publish(shards.get(0), queue(0), probe())
                .publish(shards.get(0), queue(0), probe().group(1))
                .publish(shards.get(LAST), queue(LAST), probe());
        run(transaction);
        sync(0);

        // It waits for the coordinator to be synced: nobody sees what is published, nor what is acknowledged.
        logs.get(0).syncAtOnce(true);
        assertThat(seen(queue(0)))
                .extracting(Seen::number, Seen::state)
                .containsExactly(tuple(1000L, Peek.State.LEASED), tuple(1001L, Peek.State.READY));
        assertThat(shards.get(0).stats(queue(0)).delayed()).isZero();
        assertThat(shards.get(0).stats(queue(0)).leased()).isOne();
        publish(queue(0), probe().group(1));
        assertThat(receive(queue(0), ReceiveProbe.upTo(9)).numbers()).containsExactlyInAnyOrder(1001L, 1005L);
        FetchProbe fetch = new FetchProbe(0, 10, 10_000, 0);
        shards.get(0).fetch(queue(0), fetch);
        run();
        assertThat(fetch.numbers()).containsExactly(1000L, 1001L);

        sync(LAST);

        assertThat(transaction.isCommitted()).isTrue();
        assertThat(unfinished()).isZero();
        assertThat(numbers(queue(0))).containsExactly(1001L, 1002L, 1003L, 1005L);
        assertThat(receive(queue(0), ReceiveProbe.upTo(9)).numbers()).containsExactly(1002L);
    }

    @Test
    void whereOneRefusesNothingIsDoneAnywhere() {
        publish(queue(0), probe());
        Message source = take(queue(0));
        Message ended = new Message(source.offset(), source.token() + 100, 1, 0);

        for (int who = 0; who < SHARDS; who++) {
            TransactionProbe transaction = transaction();
            for (int id = 0; id < SHARDS; id++) {
                transaction.publish(shards.get(id), queue(id), probe());
            }
            if (who == 0) {
                transaction.acknowledge(shards.get(0), queue(0), ended);
            } else {
                transaction.acknowledge(shards.get(0), queue(0), source);
                transaction.publish(shards.get(who), 99, probe());
            }
            run(transaction);

            assertThat(transaction.refusal()).isEqualTo(who == 0 ? Refusal.LEASE_ENDED : Refusal.QUEUE_NOT_FOUND);
            assertThat(transaction.answers()).isEqualTo(1);
            assertThat(transaction.publishes()).allMatch(each -> each.answers() == 1 && each.refusal() != null);
            assertThat(seen(queue(1))).isEmpty();
            assertThat(seen(queue(2))).isEmpty();
            if (who > 0) {
                // What was to be acknowledged goes back, and the delivery counts.
                assertThat(seen(queue(0)))
                        .extracting(Seen::state, Seen::deliveryCount)
                        .containsExactly(tuple(Peek.State.READY, who));
                source = take(queue(0));
            }
        }
        assertThat(unfinished()).isZero();
        restart();
        assertThat(numbers(queue(0))).containsExactly(1000L);
        assertThat(seen(queue(1))).isEmpty();
    }

    @Test
    void whatWasPreparedAndNotDecidedWasNotToBe() {
        publish(queue(0), probe());
        Message source = take(queue(0));
        syncAtOnce(false);
        TransactionProbe transaction = run(transaction()
                .acknowledge(shards.get(0), queue(0), source)
                .publish(shards.get(1), queue(1), probe())
                .publish(shards.get(LAST), queue(LAST), probe()));
        sync(0);
        sync(1);
        assertThat(transaction.answers()).isZero();

        restartOnly();
        assertThat(unfinished()).isEqualTo(2);
        assertThat(seen(queue(0))).extracting(Seen::state).containsExactly(Peek.State.LEASED);
        recover();

        assertThat(unfinished()).isZero();
        assertThat(seen(queue(0))).extracting(Seen::state).containsExactly(Peek.State.READY);
        assertThat(seen(queue(1))).isEmpty();
        assertThat(seen(queue(LAST))).isEmpty();
    }

    @Test
    void whatWasDecidedIsDoneByAllAfterACrash() {
        publish(queue(0), probe());
        Message source = take(queue(0));
        syncAtOnce(false);
        run(transaction()
                .acknowledge(shards.get(0), queue(0), source)
                .publish(shards.get(1), queue(1), probe().priority(5))
                .publish(shards.get(LAST), queue(LAST), probe()));
        sync(0);
        sync(1);
        sync(LAST);

        // The others have not put on record that they have heard.
        restartOnly();
        assertThat(unfinished()).isEqualTo(3);
        recover();

        for (int life = 0; life < 2; life++) {
            assertThat(unfinished()).isZero();
            assertThat(seen(queue(0))).isEmpty();
            assertThat(numbers(queue(1))).containsExactly(1001L);
            assertThat(numbers(queue(LAST))).containsExactly(1002L);
            restart();
        }
    }

    @Test
    void aSnapshotKnowsWhatIsNotDecided() {
        publish(queue(0), probe());
        Message source = take(queue(0));
        syncAtOnce(false);
        run(transaction()
                .acknowledge(shards.get(0), queue(0), source)
                .publish(shards.get(0), otherQueue(0), probe().delayNanos(SECOND))
                .publish(shards.get(0), otherQueue(0), probe().key(3, 100 * SECOND))
                .publish(shards.get(LAST), queue(LAST), probe()));
        sync(0);
        logs.get(0).syncAtOnce(true);
        trim(0);
        assertThat(unfinished()).isEqualTo(2);

        sync(LAST);
        logs.get(LAST).syncAtOnce(true);
        trim(LAST);
        restart();

        assertThat(seen(queue(0))).isEmpty();
        assertThat(numbers(otherQueue(0))).containsExactly(1001L, 1002L);
        assertThat(publish(otherQueue(0), probe().key(3, 100 * SECOND)).isDuplicate())
                .isTrue();
        clock.advance(2 * SECOND);
        restart();
        assertThat(receive(otherQueue(0), ReceiveProbe.upTo(9)).numbers()).containsExactlyInAnyOrder(1001L, 1002L);
    }

    private void trim(int id) {
        sync(id);
        logs.get(id).wantTrim(logs.get(id).syncedPosition());
        run();
        assertThat(logs.get(id).manifest()).isNotNull();
    }

    @Test
    void whoPublishesAKeyThatIsNotDecidedWaitsForIt() {
        for (boolean isCommitted : List.of(true, false)) {
            long key = isCommitted ? 3 : 4;
            syncAtOnce(false);
            PublishProbe first = probe().key(key, 100 * SECOND);
            TransactionProbe transaction = run(transaction()
                    .publish(shards.get(0), queue(0), first)
                    .publish(shards.get(LAST), isCommitted ? queue(LAST) : 99, probe()));
            logs.get(0).syncAtOnce(true);
            PublishProbe second = publish(queue(0), probe().key(key, 100 * SECOND));
            PublishProbe behind = publish(queue(0), probe());
            assertThat(second.answers() + behind.answers()).isZero();

            syncAtOnce(true);
            sync(0);
            sync(LAST);

            assertThat(transaction.isCommitted()).isEqualTo(isCommitted);
            assertThat(second.isDuplicate()).isEqualTo(isCommitted);
            assertThat(behind.isStored()).isTrue();
            assertThat(numbers(queue(0))).contains(isCommitted ? first.firstNumber() : second.firstNumber());
        }
    }

    /** Both keys are found as soon as they are looked for, and each has the line of its queue served. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whoWaitsForKeysOfTwoQueuesIsPlacedOnce(boolean isOtherFirst) {
        syncAtOnce(false);
        TransactionProbe first = run(transaction()
                .publish(shards.get(0), queue(0), probe().key(1, 100 * SECOND))
                .publish(shards.get(0), otherQueue(0), probe().key(2, 100 * SECOND))
                .publish(shards.get(LAST), queue(LAST), probe()));
        logs.get(0).syncAtOnce(true);
        PublishProbe one = probe().key(1, 100 * SECOND);
        PublishProbe other = probe().key(2, 100 * SECOND);
        // Which line is looked after first does not depend on the transaction.
        TransactionProbe again = isOtherFirst
                ? run(transaction().publish(shards.get(0), otherQueue(0), other).publish(shards.get(0), queue(0), one))
                : run(transaction().publish(shards.get(0), queue(0), one).publish(shards.get(0), otherQueue(0), other));
        PublishProbe behindOne = publish(queue(0), probe());
        PublishProbe behindOther = publish(otherQueue(0), probe());
        assertThat(again.answers()).isZero();

        syncAtOnce(true);
        sync(0);
        sync(LAST);

        assertThat(first.isCommitted()).isTrue();
        assertThat(again.isCommitted()).isTrue();
        assertThat(one.isDuplicate()).isTrue();
        assertThat(other.isDuplicate()).isTrue();
        assertThat(behindOne.isStored()).isTrue();
        assertThat(behindOther.isStored()).isTrue();
    }

    @Test
    void twoThatPublishTheSameKeysDoNotWaitForEachOther() {
        TransactionProbe one = withOneKey(0, 1);
        TransactionProbe other = withOneKey(0, 1, 2);
        syncAtOnce(false);
        run(one); // has prepared in the first shard, and does not know it yet
        run(other); // waits for it there: what it would prepare in the second shard, the other would wait for
        syncAtOnce(true);
        for (int id = 0; id < SHARDS; id++) {
            sync(id);
        }

        assertThat(one.isCommitted()).isTrue();
        assertThat(other.isCommitted()).isTrue();
        for (int id = 0; id < SHARDS; id++) {
            assertThat(seen(queue(id))).hasSize(1);
        }
    }

    /** One that publishes to a queue of each of these shards, always with the same key. */
    private TransactionProbe withOneKey(int... ids) {
        TransactionProbe transaction = transaction();
        for (int id : ids) {
            transaction.publish(shards.get(id), queue(id), probe().key(1, 100 * SECOND));
        }
        return transaction;
    }

    @Test
    void whereStorageFailsTheNextStartDecides() {
        publish(queue(0), probe());
        Message source = take(queue(0));
        syncAtOnce(false);
        TransactionProbe transaction = run(transaction()
                .acknowledge(shards.get(0), queue(0), source)
                .publish(shards.get(LAST), queue(LAST), probe()));
        sync(0);
        logs.get(LAST).fail();
        run();

        assertThat(transaction.refusal()).isEqualTo(Refusal.STORAGE_FAILED);
        logs.get(0).syncAtOnce(true);
        assertThat(receive(queue(0), ReceiveProbe.upTo(1)).messages()).isEmpty();
        restart();
        assertThat(numbers(queue(0))).containsExactly(1000L);
    }

    /** The shard of the catalog, which is the first, decides what it takes part in. */
    @Test
    void aDefinitionIsToldWhenWhatItIsPartOfIsCommittedAndNeverInDoubt() {
        syncAtOnce(false);
        TransactionProbe transaction = withDefinition();
        run();
        sync(1);
        sync(LAST);
        restart();
        assertThat(transaction.answers()).isZero();
        assertThat(host.definitions).as("it was not decided").isEmpty();
        assertThat(numbers(queue(1))).isEmpty();

        syncAtOnce(true);
        assertThat(withDefinition()).satisfies(each -> run());
        for (int life = 0; life < 2; life++) {
            host.definitions.clear();
            restartOnly();
            assertThat(host.definitions).hasSize(1);
            recover();
            assertThat(numbers(queue(1))).hasSize(1);
            assertThat(numbers(queue(LAST))).hasSize(1);
        }
    }

    @Test
    void aDefinitionWhoseRecordIsCutOffNeverWas() {
        syncAtOnce(false);
        TransactionProbe transaction = transaction();
        transaction.define(shards.get(0), definition());
        run(transaction);
        List<Long> positions = logs.get(0).flushedPositions();
        logs.get(0).syncBelow(positions.get(positions.size() - 1));

        restart();

        assertThat(host.definitions).isEmpty();
        assertThat(shards.get(0).nextOffset(Shard.CATALOG_LOG)).isEqualTo(1);
    }

    private TransactionProbe withDefinition() {
        TransactionProbe transaction =
                transaction().publish(shards.get(1), queue(1), probe()).publish(shards.get(LAST), queue(LAST), probe());
        transaction.define(shards.get(0), definition());
        transaction.run();
        return transaction;
    }

    private PublishProbe definition() {
        return probe().format(BodyFormat.DEFINITION);
    }

    @Test
    void whatDefinesSomethingWaitsForNoKey() {
        TransactionProbe transaction = transaction().publish(shards.get(1), queue(1), probe().key(1, 1000 * SECOND));

        transaction.define(shards.get(0), definition());
        assertThatThrownBy(transaction::run).hasMessageContaining("no keys");
    }
}
