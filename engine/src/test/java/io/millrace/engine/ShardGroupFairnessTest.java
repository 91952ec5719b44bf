package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.ReceiveProbe.Message;
import io.millrace.engine.policy.EngineLimits;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A group with a very long backlog keeps a hundred small ones waiting no longer than any other group does: whenever one
 * of them has a message to deliver, it is delivered within the next {@value #WAIT_MAX} deliveries.
 */
class ShardGroupFairnessTest extends ShardFixture {
    private static final int LARGE = 1;
    private static final int IN_LARGE = 20_000;
    private static final int SMALL_GROUPS = 100;
    private static final int IN_SMALL = 10;
    private static final int WAIT_MAX = 200;
    private static final int OF_ENTRY = 100;

    /** The group of each message that was published, by its number. */
    private final Map<Long, Integer> groups = new HashMap<>();
    /** Of each group that has a message to deliver the number of deliveries before that was so. */
    private final Map<Integer, Integer> since = new HashMap<>();

    private final Map<Integer, Integer> left = new HashMap<>();
    private final List<List<Message>> workers = new ArrayList<>();
    private int deliveries;

    /**
     * Workers take so many messages at a time and are done with them in any order. So many of the large group are
     * delivered before the small ones are published, and the index that says what is next is in memory, or on disk.
     */
    @ParameterizedTest
    @CsvSource({"1, 1, 0, false", "1, 1, 500, true", "8, 1, 0, true", "8, 10, 500, false", "150, 1, 0, false"})
    void aLongBacklogKeepsNoOtherGroupWaiting(int workerCount, int most, int before, boolean onDisk) {
        for (int i = 0; i < workerCount; i++) {
            workers.add(List.of());
        }
        SplittableRandom random = new SplittableRandom(workerCount + before);
        publishTo(LARGE, IN_LARGE);
        while (deliveries < before) {
            work(random.nextInt(workerCount), most);
        }
        for (int group = LARGE + 1; group <= LARGE + SMALL_GROUPS; group++) {
            publishTo(group, IN_SMALL);
        }
        if (onDisk) {
            putOnDisk();
        }

        int from = deliveries;
        while (left.size() > 1) {
            work(random.nextInt(workerCount), most);
        }

        assertThat(deliveries - from)
                .as("deliveries until all of the small groups are done")
                .isLessThan((SMALL_GROUPS + 2) * IN_SMALL);
        assertThat(left.get(LARGE))
                .as("the large group has had its turns, too")
                .isLessThanOrEqualTo(IN_LARGE - IN_SMALL);
    }

    private void publishTo(int group, int count) {
        for (int i = 0; i < count; i += OF_ENTRY) {
            PublishProbe publish = probe(Math.min(OF_ENTRY, count - i)).group(group);
            for (int each = 0; each < publish.count(); each++) {
                groups.put(publish.firstNumber() + each, group);
            }
            publish(publish);
        }
        left.put(group, count);
        since.put(group, deliveries);
    }

    /** Leases of the workers end with the process, unless they are of groups. */
    private void putOnDisk() {
        log.wantTrim(log.syncedPosition());
        run();
        restartWith(new EngineLimits(64L << 20, 100_000, EngineLimits.DEFAULT.compactionBytesMax(), 16));
    }

    /** A worker is done with what it has, or asks for more. */
    private void work(int worker, int most) {
        List<Message> held = workers.get(worker);
        if (!held.isEmpty()) {
            acknowledge(held);
            held.forEach(this::done);
            workers.set(worker, List.of());
            return;
        }
        List<Message> taken = receive(ReceiveProbe.durable(most)).messages();
        taken.forEach(this::delivered);
        workers.set(worker, taken);
    }

    private void delivered(Message message) {
        int group = groups.get(message.number());
        assertThat(deliveries - since.remove(group))
                .as("deliveries to others while group %d waits", group)
                .isLessThan(WAIT_MAX);
        deliveries++;
    }

    private void done(Message message) {
        int group = groups.get(message.number());
        if (left.merge(group, -1, Integer::sum) == 0) {
            left.remove(group);
        } else {
            since.put(group, deliveries);
        }
    }
}
