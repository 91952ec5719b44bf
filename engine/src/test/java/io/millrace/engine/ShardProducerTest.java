package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.SeedSource;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Producers number what they publish: what they repeat is stored once, and nothing is missing in between. */
class ShardProducerTest extends ShardFixture {
    private static final long PRODUCER = 5;
    private static final int LARGE_BYTES = 4_000;

    private PublishProbe publish(int count, int epoch, int sequence) {
        return publish(probe(count).producer(PRODUCER, epoch, sequence));
    }

    private List<Long> stored() {
        return fetch(FetchProbe.from(0)).numbers();
    }

    private void giveUpAll() {
        log.wantTrim(log.syncedPosition());
        run();
    }

    @Test
    void whatIsRepeatedIsStoredOnceAndToldItsOffset() {
        publish(2, 0, 0);
        publish(1);
        PublishProbe first = publish(3, 0, 2);

        PublishProbe again = publish(3, 0, 2);

        assertThat(again.isDuplicate()).isTrue();
        assertThat(again.storedOffset()).isEqualTo(first.storedOffset()).isEqualTo(3);
        assertThat(again.answers()).isOne();
        assertThat(stored()).hasSize(6);
    }

    @Test
    void aDuplicateIsToldWhenTheOriginalIsSynced() {
        log.syncAtOnce(false);
        PublishProbe first = publish(1, 0, 0);
        PublishProbe again = publish(1, 0, 0);
        assertThat(first.answers() + again.answers()).isZero();

        log.sync();
        run();

        assertThat(first.storedOffset()).isZero();
        assertThat(again.isDuplicate()).isTrue();
    }

    @Test
    void whatIsNotSyncedIsNotKnownAfterACrash() {
        publish(1, 0, 0);
        log.syncAtOnce(false);
        publish(1, 0, 1);

        restart();

        PublishProbe again = publish(1, 0, 1);
        assertThat(again.isDuplicate()).isFalse();
        assertThat(again.storedOffset()).isOne();
    }

    @Test
    void whatDoesNotFollowIsRefused() {
        publish(2, 0, 0);

        PublishProbe ahead = publish(1, 0, 3);

        assertThat(ahead.refusal()).isEqualTo(Refusal.SEQUENCE_OUT_OF_ORDER);
        assertThat(publish(1, 0, 2).isStored()).isTrue();
        assertThat(stored()).isEqualTo(LongStream.of(1000, 1001, 1003).boxed().toList());
    }

    @Test
    void ofWhatIsLongKnownThePlaceIsNotKnown() {
        for (int sequence = 0; sequence < 6; sequence++) {
            publish(1, 0, sequence);
        }
        assertThat(publish(1, 0, 0).refusal()).isEqualTo(Refusal.SEQUENCE_KNOWN);
        assertThat(publish(1, 0, 1).isDuplicate()).isTrue();
        // It is known, but not as one publish.
        assertThat(publish(2, 0, 2).refusal()).isEqualTo(Refusal.SEQUENCE_KNOWN);
        assertThat(stored()).hasSize(6);
    }

    @Test
    void aProducerThatBeginsAnewFencesWhatItWasBefore() {
        publish(3, 4, 0);

        assertThat(publish(1, 5, 3).refusal()).isEqualTo(Refusal.SEQUENCE_OUT_OF_ORDER);
        assertThat(publish(1, 5, 0).isStored()).isTrue();
        assertThat(publish(1, 4, 3).refusal()).isEqualTo(Refusal.PRODUCER_FENCED);
        assertThat(publish(3, 4, 0).refusal()).isEqualTo(Refusal.PRODUCER_FENCED);
        restart();
        assertThat(publish(1, 4, 3).refusal()).isEqualTo(Refusal.PRODUCER_FENCED);
        assertThat(publish(1, 5, 1).isStored()).isTrue();
    }

    @Test
    void whoeverIsNotKnownMayBeginWithAnyNumber() {
        assertThat(publish(1, 7, 1_000).isStored()).isTrue();
        assertThat(publish(1, 7, 1_001).isStored()).isTrue();
    }

    @Test
    void theNumbersBeginAgainAtTheirEnd() {
        publish(2, 0, Integer.MAX_VALUE - 2);
        assertThat(publish(3, 0, Integer.MAX_VALUE).isStored()).isTrue();
        assertThat(publish(3, 0, Integer.MAX_VALUE).isDuplicate()).isTrue();
        assertThat(publish(1, 0, 3).refusal()).isEqualTo(Refusal.SEQUENCE_OUT_OF_ORDER);
        assertThat(publish(1, 0, 2).isStored()).isTrue();
        assertThat(publish(2, 0, Integer.MAX_VALUE - 1).refusal()).isEqualTo(Refusal.SEQUENCE_KNOWN);
    }

    @Test
    void eachLogAndEachProducerHasNumbersOfItsOwn() {
        publish(1, 0, 0);
        PublishProbe elsewhere = probe(1).producer(PRODUCER, 0, 0);
        shard.publish(OTHER, elsewhere);
        run();
        assertThat(elsewhere.isDuplicate()).isFalse();
        assertThat(publish(probe(1).producer(PRODUCER + 1, 0, 0)).isDuplicate()).isFalse();
        assertThat(publish(1, 0, 1).isStored()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theyAreKnownFromASnapshot(boolean isWritten) {
        publish(QUEUE, 1, LARGE_BYTES);
        for (int sequence = 0; sequence < 9; sequence++) {
            publish(1, 3, sequence);
        }
        if (isWritten) {
            giveUpAll();
        }

        restart();

        for (int sequence = 4; sequence < 9; sequence++) {
            PublishProbe again = publish(1, 3, sequence);
            assertThat(again.isDuplicate()).isTrue();
            assertThat(again.storedOffset()).isEqualTo(sequence + 1);
        }
        assertThat(publish(1, 3, 3).refusal()).isEqualTo(Refusal.SEQUENCE_KNOWN);
        assertThat(publish(1, 3, 9).isDuplicate()).isFalse();
    }

    @Test
    void aLogThatIsDroppedForgetsThem() {
        publish(1, 0, 0);
        shard.drop(QUEUE);
        run();
        assertThat(publish(1, 0, 7).isStored()).isTrue();
    }

    @Test
    void ofTooManyThoseAreForgottenThatHavePublishedLeastRecently() {
        int most = 50_000;
        for (int id = 1; id <= most; id++) {
            shard.publish(id % 2 == 0 ? QUEUE : OTHER, probe(1).producer(id, 1, 0));
        }
        run();
        publish(probe(1).producer(2, 1, 1));
        publish(probe(1).producer(most + 1, 1, 0));

        assertThat(publish(probe(1).producer(2, 1, 7)).refusal()).isEqualTo(Refusal.SEQUENCE_OUT_OF_ORDER);
        assertThat(publish(probe(1).producer(4, 1, 7)).refusal()).isEqualTo(Refusal.SEQUENCE_OUT_OF_ORDER);
        PublishProbe forgotten = probe(1).producer(1, 1, 7);
        shard.publish(OTHER, forgotten);
        run();
        assertThat(forgotten.isStored()).isTrue();
    }

    /** Producers that repeat whatever they were not told of, with crashes in between. */
    @ParameterizedTest
    @SeedSource(runs = 100)
    void eachMessageIsStoredOnceAndInOrder(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int producers = random.nextInt(1, 4);
        int[] next = new int[producers];
        int[] counts = new int[producers];
        for (int step = 0; step < 200; step++) {
            int who = random.nextInt(producers);
            log.syncAtOnce(random.nextInt(3) > 0);
            if (counts[who] == 0) {
                counts[who] = random.nextInt(1, 4);
            }
            PublishProbe publish = new PublishProbe(100_000L * who + next[who], counts[who], MESSAGE_BYTES)
                    .producer(who + 1, 1, next[who]);
            shard.publish(QUEUE, publish);
            run();
            switch (random.nextInt(12)) {
                case 0 -> restart();
                case 1 -> giveUpAll();
                case 2 -> {
                    log.sync();
                    run();
                }
                default -> {}
            }
            assertThat(publish.refusal()).isNull();
            if (publish.isStored()) {
                next[who] += counts[who];
                counts[who] = 0;
            }
        }
        log.sync();
        run();
        List<Long> stored = stored();
        for (int who = 0; who < producers; who++) {
            long first = 100_000L * who;
            List<Long> ofProducer = new ArrayList<>(stored);
            ofProducer.removeIf(number -> number < first || number >= first + 100_000);
            long last = first + next[who];
            assertThat(ofProducer.stream().filter(number -> number < last))
                    .isEqualTo(LongStream.range(first, last).boxed().toList());
            assertThat(ofProducer).doesNotHaveDuplicates();
        }
    }
}
