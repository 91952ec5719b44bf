package io.millrace.broker.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AttemptBrakeTest {
    private static final InetAddress HERE = address("192.0.2.1");

    private final StillClock clock = new StillClock();
    private final AttemptBrake brake = new AttemptBrake(clock);

    private static InetAddress address(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] fingerprint(int number) {
        return new byte[] {(byte) number};
    }

    private void fail(String user, InetAddress peer, int times) {
        for (int left = times; left > 0; left--) {
            brake.failed(user, peer, null);
        }
    }

    @Test
    void theFirstFailuresAreFreeThenTheTimeDoublesUpToItsMost() {
        List<Long> heldSeconds = new ArrayList<>();
        for (int failures = 0; failures < 12; failures++) {
            heldSeconds.add(Duration.ofNanos(brake.heldNanos("alice", HERE)).toSeconds());
            clock.advance(Duration.ofNanos(brake.heldNanos("alice", HERE)));
            assertThat(brake.heldNanos("alice", HERE)).isZero();
            brake.failed("alice", HERE, null);
        }

        assertThat(heldSeconds).containsExactly(0L, 0L, 0L, 0L, 0L, 1L, 2L, 4L, 8L, 16L, 30L, 30L);
    }

    @Test
    void manyFailuresDoNotOverflow() {
        fail("alice", HERE, 200);

        assertThat(brake.heldNanos("alice", HERE))
                .isEqualTo(Duration.ofSeconds(30).toNanos());
    }

    @Test
    void othersAreNotHeldBack() {
        fail("alice", HERE, 20);

        assertThat(brake.heldNanos("bob", HERE)).isZero();
        assertThat(brake.heldNanos("alice", address("192.0.2.2"))).isZero();
    }

    @Test
    void anIpv6SubscriberIsOneAddress() {
        fail("alice", address("2001:db8:0:1::1"), 20);

        assertThat(brake.heldNanos("alice", address("2001:db8:0:1:ffff::9"))).isPositive();
        assertThat(brake.heldNanos("alice", address("2001:db8:0:2::1"))).isZero();
    }

    @Test
    void aSuccessClears() {
        fail("alice", HERE, 20);
        brake.succeeded("alice", HERE);

        assertThat(brake.heldNanos("alice", HERE)).isZero();
        assertThat(brake.pairs()).isZero();
        fail("alice", HERE, AttemptBrake.FREE_FAILURES);
        assertThat(brake.heldNanos("alice", HERE)).isZero();
    }

    @Test
    void failuresAreForgottenAfterAWhile() {
        fail("alice", HERE, 20);
        brake.failed("alice", HERE, fingerprint(1));
        clock.advance(Duration.ofSeconds(AttemptBrake.FORGET_SECONDS));
        assertThat(brake.isKnownWrong("alice", HERE, fingerprint(1))).isFalse();
        brake.failed("alice", HERE, null);

        assertThat(brake.heldNanos("alice", HERE)).isZero();
    }

    @Test
    void theLastWrongPasswordsAreRecognised() {
        for (int number = 0; number <= AttemptBrake.REMEMBERED_WRONG; number++) {
            brake.failed("alice", HERE, fingerprint(number));
        }

        assertThat(brake.isKnownWrong("alice", HERE, fingerprint(0))).isFalse();
        for (int number = 1; number <= AttemptBrake.REMEMBERED_WRONG; number++) {
            assertThat(brake.isKnownWrong("alice", HERE, fingerprint(number))).isTrue();
        }
        assertThat(brake.isKnownWrong("bob", HERE, fingerprint(1))).isFalse();
    }

    @Test
    void memoryIsBoundedAndTheOldestMakesRoom() {
        fail("alice", HERE, 20);
        fail("bob", HERE, 20);
        fail("alice", HERE, 1);
        for (int other = 0; other < AttemptBrake.PAIRS_MAX - 1; other++) {
            brake.failed("user" + other, HERE, null);
        }

        assertThat(brake.pairs()).isEqualTo(AttemptBrake.PAIRS_MAX);
        assertThat(brake.heldNanos("bob", HERE)).isZero();
        assertThat(brake.heldNanos("alice", HERE)).isPositive();
        brake.failed("one more", HERE, null);
        assertThat(brake.pairs()).isEqualTo(AttemptBrake.PAIRS_MAX);
        assertThat(brake.heldNanos("alice", HERE)).isZero();
    }

    @Test
    void whatIsForgottenGivesItsMemoryBack() {
        for (int other = 0; other < 100; other++) {
            brake.failed("user" + other, HERE, null);
        }
        clock.advance(Duration.ofSeconds(AttemptBrake.FORGET_SECONDS));
        brake.failed("alice", HERE, null);

        assertThat(brake.pairs()).isEqualTo(1);
    }
}
