package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.ReceiveProbe.Message;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of messages and state when storage wants the oldest part of the log back. */
class CheckpointingTest extends ShardFixture {
    /** Has everything moved that was appended so far; returns up to where that is. */
    private long giveUpAll() {
        long end = log.syncedPosition();
        log.wantTrim(end);
        run();
        assertThat(log.trimmed()).isEqualTo(end);
        return end;
    }

    private static List<Long> numbers(long first, long end) {
        return LongStream.range(first, end).boxed().toList();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatLivesIsDeliveredFromWhereItWasMovedTo(boolean adopted) {
        log.mayStay(adopted);
        publish(3);
        publish(1);
        publish(OTHER, 2, 5000);
        acknowledge(take());
        giveUpAll();

        assertThat(log.adopted()).hasSize(adopted ? 1 : 0);
        assertThat(receive(OTHER, ReceiveProbe.upTo(9)).numbers()).containsExactly(1004L, 1005L);
        assertThat(receive(ReceiveProbe.upTo(9)).numbers()).isEqualTo(numbers(1001, 1004));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatLivesIsThereAfterARestart(boolean adopted) {
        log.mayStay(adopted);
        publish(3);
        publish(1);
        acknowledge(take());
        publish(OTHER, 2, 5000);
        giveUpAll();
        publish(2);

        restart();

        assertThat(receive(OTHER, ReceiveProbe.upTo(9)).numbers()).containsExactly(1004L, 1005L);
        assertThat(receive(ReceiveProbe.upTo(9)).numbers()).containsExactly(1001L, 1002L, 1003L, 1006L, 1007L);
        assertThat(publish(1).storedOffset()).isEqualTo(6);
    }

    @Test
    void aLongQueueIsReadInOrderOverManySegments() {
        for (int round = 0; round < 12; round++) {
            log.mayStay(round % 3 == 0);
            for (int i = 0; i < 300; i++) {
                publish(1 + i % 3);
            }
            giveUpAll();
            if (round % 4 == 0) {
                restart();
            }
        }
        long expected = 1000;
        for (List<Long> got = receive(ReceiveProbe.upTo(50)).numbers();
                !got.isEmpty();
                got = receive(ReceiveProbe.upTo(50)).numbers()) {
            assertThat(got).isEqualTo(numbers(expected, expected + got.size()));
            expected += got.size();
        }
        assertThat(expected).isEqualTo(nextNumber);
    }

    @Test
    void aRecordThatEndsInTheNextFileIsMovedWhereItsBeginningStays() {
        log.mayStay(true);
        publish(1);
        publish(QUEUE, 1, 5_000);
        publish(1);
        long insideTheLarge = log.syncedPosition() - 500;
        log.wantTrim(insideTheLarge);
        run();
        assertThat(log.adopted()).hasSize(1);
        log.mayStay(false);
        giveUpAll();

        restart();

        assertThat(receive(ReceiveProbe.upTo(9)).numbers()).isEqualTo(numbers(1000, 1003));
    }

    @Test
    void aPeekSeesWhatWasMoved() {
        publish(700);
        for (int i = 0; i < 700; i++) {
            publish(1);
        }
        giveUpAll();
        restart();

        assertThat(peek(new PeekProbe(0, 2000, Integer.MAX_VALUE, null)).offsets())
                .isEqualTo(numbers(0, 1400));
    }

    @Test
    void leasesDelaysAndCountsAreInTheSnapshot() {
        publish(1);
        publish(1);
        publish(1);
        ReceiveProbe durable = receive(ReceiveProbe.durable(1));
        release(take(), 100 * SECOND);
        Message plain = take();
        giveUpAll();

        restart();

        assertThat(stats().leased()).isEqualTo(1);
        assertThat(stats().delayed()).isEqualTo(1);
        assertThat(acknowledge(plain).done()).containsExactly(false);
        assertThat(take().deliveryCount()).isEqualTo(2);
        assertThat(acknowledge(durable.message(0)).done()).containsExactly(true);
        pass(101 * SECOND);
        assertThat(take().deliveryCount()).isEqualTo(2);
    }

    @Test
    void aQueueThatWasDroppedStaysAway() {
        publish(2);
        publish(OTHER, 2, MESSAGE_BYTES);
        giveUpAll();
        host.defined.remove(QUEUE);
        shard.drop(QUEUE);
        run();
        restart();
        assertThat(shard.openLogs()).containsExactly(OTHER);
        publish(OTHER, 1, MESSAGE_BYTES);

        giveUpAll();
        restart();

        assertThat(shard.openLogs()).containsExactly(OTHER);
        assertThat(receive(OTHER, ReceiveProbe.upTo(9)).numbers()).containsExactly(1002L, 1003L, 1004L);
    }

    @Test
    void segmentsInWhichNothingLivesAreDeleted() {
        for (int round = 0; round < 5; round++) {
            log.mayStay(round % 2 == 0);
            publish(100);
            giveUpAll();
            while (stats().ready() > 0) {
                acknowledge(receive(ReceiveProbe.upTo(100)).messages());
            }
        }
        publish(1);
        giveUpAll();
        publish(1);
        giveUpAll();

        assertThat(log.segments().all())
                .as("a snapshot in parts, and two segments")
                .hasSizeLessThan(10);
        assertThat(log.adopted()).as("those with the last two messages").hasSize(2);
    }

    @Test
    void whatCannotBeWrittenIsTriedAgainAndNothingIsGivenBackBefore() {
        publish(3);
        log.failJobs(true);
        long end = log.syncedPosition();
        log.wantTrim(end);
        run();
        assertThat(log.trimmed()).isZero();
        assertThat(host.checkpointFailures).hasSize(1);

        log.failJobs(false);
        pass(2 * SECOND);

        assertThat(log.trimmed()).isEqualTo(end);
        assertThat(receive(ReceiveProbe.upTo(9)).numbers()).isEqualTo(numbers(1000, 1003));
    }

    /** Each attempt with a snapshot of its own would take from the disk what the manifest needs. */
    @Test
    void aManifestWithoutRoomIsTriedAgainWithTheSameSnapshot() {
        publish(3);
        log.failCheckpoints(true);
        long end = log.syncedPosition();
        log.wantTrim(end);
        run();
        int segments = log.segments().all().size();
        pass(10 * SECOND);
        assertThat(log.segments().all()).hasSize(segments);
        assertThat(host.checkpointFailures).hasSizeGreaterThan(5);

        log.failCheckpoints(false);
        pass(2 * SECOND);
        assertThat(log.trimmed()).isEqualTo(end);
        restart();
        assertThat(receive(ReceiveProbe.upTo(9)).numbers()).isEqualTo(numbers(1000, 1003));
    }

    @Test
    void whileSpaceIsShortWhatIsDeadIsGivenBackAtOnce() {
        publish(100);
        publish(OTHER, 1, MESSAGE_BYTES);
        giveUpAll();
        publish(1);
        giveUpAll();
        while (stats().ready() > 0) {
            acknowledge(receive(ReceiveProbe.upTo(100)).messages());
        }
        assertThat(log.segments().all().keySet())
                .as("entries and snapshots, and little enough to wait for more")
                .containsExactlyInAnyOrder(1L, 2L, 3L, 4L);

        log.space(false);
        run();
        assertThat(log.segments().all().keySet()).contains(1L).doesNotContain(3L);
        discard(OTHER, 0);
        assertThat(log.segments().all().keySet()).doesNotContain(1L);
    }

    @Test
    void noCheckpointIsAheadOfTheDisk() {
        publish(1);
        long end = log.syncedPosition();
        Message message = take();
        log.syncAtOnce(false);
        acknowledge(message);
        log.wantTrim(end);
        run();
        assertThat(log.trimmed()).isZero();

        log.sync();
        run();

        assertThat(log.trimmed()).isEqualTo(end);
    }
}
