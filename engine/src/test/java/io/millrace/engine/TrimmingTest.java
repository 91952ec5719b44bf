package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.ReceiveProbe.Message;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Storage gets back what nobody needs, never more, and what must be known later is said again first. */
class TrimmingTest extends ShardFixture {
    /** Asks for all that lies behind; returns how far. */
    private long wantAll() {
        long position = log.syncedPosition();
        log.wantTrim(position);
        run();
        return position;
    }

    @Test
    void aDrainedShardGivesEverythingBackAndGoesOnAtItsOffsetsAndTokens() {
        publish(3);
        publish(OTHER, 2, MESSAGE_BYTES);
        List<Message> messages = receive(ReceiveProbe.upTo(3)).messages();
        acknowledge(messages);
        acknowledgeOther();

        long wanted = wantAll();

        assertThat(log.trimmed()).isGreaterThanOrEqualTo(wanted);
        assertThat(host.trimsWanted).containsExactly(wanted);
        restart(wanted);
        assertThat(shard.openLogs()).containsExactlyInAnyOrder(QUEUE, OTHER);
        assertThat(publish(1).storedOffset()).isEqualTo(3);
        assertThat(publish(OTHER, 1, MESSAGE_BYTES).storedOffset()).isEqualTo(2);
        assertThat(take().token()).isGreaterThan(messages.get(2).token());
    }

    private void acknowledgeOther() {
        ReceiveProbe receive = receive(OTHER, ReceiveProbe.upTo(9));
        SettlementProbe settlement = new SettlementProbe();
        receive.messages().forEach(settlement::acknowledge);
        shard.settle(OTHER, settlement);
        run();
    }

    @Test
    void anUnsettledMessageKeepsEverythingFromItsEntryOn() {
        publish(1);
        publish(1);
        publish(1);
        List<Message> messages = receive(ReceiveProbe.upTo(3)).messages();
        acknowledge(messages.get(0), messages.get(2));

        wantAll();
        assertThat(log.trimmed()).isZero();
        acknowledge(messages.get(1));
        run();

        assertThat(log.trimmed()).isGreaterThanOrEqualTo(host.trimsWanted.get(0));
    }

    @Test
    void ofALongLogAsMuchIsGivenBackAsIsAsked() {
        publish(1);
        long middle = log.appendedPosition();
        publish(1);
        acknowledge(take());

        log.wantTrim(middle);
        run();

        assertThat(log.trimmed()).isEqualTo(middle);
        restart();
        assertThat(take().offset()).isEqualTo(1);
    }

    @Test
    void whatIsGivenBackRestsOnSyncedRecordsOnly() {
        publish(1);
        Message message = take();
        log.syncAtOnce(false);
        acknowledge(message);

        long wanted = log.syncedPosition();
        log.wantTrim(wanted);
        run();
        assertThat(log.trimmed()).isZero();
        List<Long> states = log.positionsOf(RecordFormat.LOG_STATE);
        assertThat(states).hasSize(1);
        log.syncBelow(states.get(0));
        assertThat(log.trimmed()).isZero();
        log.sync();

        assertThat(log.trimmed()).isGreaterThanOrEqualTo(wanted);
    }

    @Test
    void aDropGivesBackWhatTheQueueHeldOnceItIsSynced() {
        publish(1);
        publish(OTHER, 1, MESSAGE_BYTES);
        acknowledgeOther();
        long wanted = wantAll();
        assertThat(log.trimmed()).isZero();
        log.syncAtOnce(false);

        host.defined.remove(QUEUE);
        shard.drop(QUEUE);
        run();
        assertThat(log.trimmed()).isZero();
        log.sync();
        run();

        assertThat(log.trimmed()).isGreaterThanOrEqualTo(wanted);
        restart(wanted);
        assertThat(shard.openLogs()).containsExactly(OTHER);
    }

    @Test
    void aPurgeAndADiscardGiveBackWhatTheyTake() {
        publish(2);
        long wanted = wantAll();
        discard(QUEUE, 0);
        assertThat(log.trimmed()).isZero();

        purge();
        run();

        assertThat(log.trimmed()).isGreaterThanOrEqualTo(wanted);
    }

    @Test
    void messagesThatConsumersHoldOrThatAreDelayedAreKept() {
        publish(1);
        publish(1);
        publish(1);
        ReceiveProbe durable = receive(ReceiveProbe.durable(1));
        release(take(), 100 * SECOND);
        acknowledge(take());

        wantAll();
        restart();

        assertThat(stats().leased()).isEqualTo(1);
        assertThat(stats().delayed()).isEqualTo(1);
        assertThat(acknowledge(durable.message(0)).done()).containsExactly(true);
        pass(101 * SECOND);
        assertThat(take().deliveryCount()).isEqualTo(2);
    }

    @Test
    void whatLiesInAFileOfWhichNotAllIsNeededMayStillBeThere() {
        publish(2);
        long afterFirst = log.appendedPosition();
        publish(2);
        List<Message> messages = receive(ReceiveProbe.upTo(3)).messages();
        acknowledge(messages.get(0), messages.get(1));
        publish(1);
        wantAll();
        log.wantTrim(afterFirst);
        run();
        // The lease names messages whose entry is gone beside such that are there.
        restart(afterFirst);

        assertThat(receive(ReceiveProbe.upTo(9)).numbers()).containsExactly(1002L, 1003L, 1004L);
        assertThat(publish(1).storedOffset()).isEqualTo(5);
    }

    @Test
    void askingAgainAndAgainGoesOnThroughTheWholeLog() {
        for (int round = 0; round < 20; round++) {
            publish(2);
            acknowledge(receive(ReceiveProbe.upTo(2)).messages());
            long wanted = wantAll();
            assertThat(log.trimmed()).isGreaterThanOrEqualTo(wanted);
            if (round % 3 == 0) {
                restart(wanted);
            }
        }
        assertThat(publish(1).storedOffset()).isEqualTo(40);
    }

    @Test
    void aQueueThatWasNeverUsedSaysNothing() {
        stats();

        wantAll();

        assertThat(log.positionsOf(RecordFormat.LOG_STATE)).isEmpty();
    }
}
