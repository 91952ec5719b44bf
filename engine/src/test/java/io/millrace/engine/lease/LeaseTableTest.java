package io.millrace.engine.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.SeedSource;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/** A lease is found by its token as long as it lives, and by nothing else. */
class LeaseTableTest {
    private record Lease(LeaseOwner queue, long offset, int count, long deadlineNanos) {}

    private static final long NOW = 5;

    private final LeaseTable leases = new LeaseTable(NOW);
    private final LeaseOwner queue = new LeaseOwner() {};
    private final LeaseOwner other = new LeaseOwner() {};

    @ParameterizedTest
    @SeedSource(runs = 50)
    void aLeaseIsFoundByItsTokenWhileItLives(long seed) {
        var random = new SplittableRandom(seed);
        Map<Long, Lease> model = new HashMap<>();
        Map<Long, Integer> slots = new HashMap<>();
        for (long token = 1; token < 400; token++) {
            var lease = new Lease(random.nextBoolean() ? queue : other, random.nextLong(50), random.nextInt(9), token);
            slots.put(token, leases.lease(lease.queue, lease.offset, token, lease.count, 7, NOW + token, false));
            model.put(token, lease);
            if (random.nextInt(3) > 0) {
                long ended = random.nextLong(1, token + 1);
                if (model.remove(ended) != null) {
                    leases.free(slots.get(ended));
                }
            }
            compare(random.nextLong(1, token + 1), model);
        }
        long taken = 0;
        for (int slot = 0; slot < leases.slots(); slot++) {
            taken += leases.state(slot) == LeaseTable.FREE ? 0 : 1;
        }
        assertThat(taken).isEqualTo(model.size());
    }

    private void compare(long token, Map<Long, Lease> model) {
        Lease lease = model.get(token);
        for (LeaseOwner each : new LeaseOwner[] {queue, other}) {
            for (long offset = 0; offset < 50; offset++) {
                boolean lives = lease != null && lease.queue == each && lease.offset == offset;
                int slot = leases.find(token, each, offset);
                assertThat(slot >= 0).isEqualTo(lives);
                if (lives) {
                    assertThat(leases.state(slot)).isEqualTo(LeaseTable.LEASED);
                    assertThat(leases.owner(slot)).isSameAs(each);
                    assertThat(leases.offset(slot)).isEqualTo(offset);
                    assertThat(leases.token(slot)).isEqualTo(token);
                    assertThat(leases.deliveryCount(slot)).isEqualTo(lease.count);
                    assertThat(leases.timers().deadlineNanos(slot)).isEqualTo(NOW + token);
                }
            }
        }
    }

    @Test
    void freedSlotsAreUsedAgainAndTheirTimersAreOff() {
        int first = leases.lease(queue, 1, 1, 1, 7, NOW + 1, false);
        leases.free(first);

        assertThat(leases.timers().isEmpty()).isTrue();
        assertThat(leases.alarm(() -> {}, NOW + 2)).isEqualTo(first);
        assertThat(leases.state(first)).isEqualTo(LeaseTable.ALARM);
        assertThat(leases.find(1, queue, 2)).isNegative();
        assertThat(leases.slots()).isEqualTo(1);
    }
}
