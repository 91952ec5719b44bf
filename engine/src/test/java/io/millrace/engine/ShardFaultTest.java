package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A callback that throws is reported, and costs nobody else an answer. */
class ShardFaultTest extends ShardFixture {
    /** Too little memory for the answer, for example. */
    private static final class Fault extends Error {}

    private static final class ThrowingPublish extends PublishProbe {
        ThrowingPublish(long number) {
            super(number, 1, MESSAGE_BYTES);
        }

        @Override
        protected void onStored(long offset) {
            throw new Fault();
        }

        @Override
        protected void onRefused(Refusal reason) {
            throw new Fault();
        }
    }

    private static final class ThrowingReceive extends ReceiveProbe {
        ThrowingReceive(long waitNanos) {
            super(1, Integer.MAX_VALUE, LEASE_NANOS, waitNanos, false);
        }

        @Override
        protected void onDelivered(Deliveries delivered) {
            delivered.release();
            throw new Fault();
        }

        @Override
        protected void onRefused(Refusal reason) {
            throw new Fault();
        }
    }

    @Test
    void anotherPublishIsConfirmed() {
        PublishProbe second = new PublishProbe(nextNumber, 1, MESSAGE_BYTES);

        shard.publish(QUEUE, new ThrowingPublish(nextNumber++));
        shard.publish(QUEUE, second);
        run();

        assertThat(second.isStored()).isTrue();
        assertThat(host.faults).hasOnlyElementsOfType(Fault.class).hasSize(1);
    }

    @Test
    void anotherPublishIsToldOfAFailure() {
        log.syncAtOnce(false);
        PublishProbe second = new PublishProbe(nextNumber, 1, MESSAGE_BYTES);
        shard.publish(QUEUE, new ThrowingPublish(nextNumber++));
        shard.publish(QUEUE, second);
        run();

        log.fail();
        run();

        assertThat(second.refusal()).isEqualTo(Refusal.STORAGE_FAILED);
        assertThat(host.faults).hasSize(1);
    }

    @Test
    void anotherReceiveGetsItsMessage() {
        receive(new ThrowingReceive(SECOND));
        ReceiveProbe second = receive(ReceiveProbe.waiting(1, SECOND));

        publish(2);

        assertThat(second.messages()).hasSize(1);
        assertThat(host.faults).hasSize(1);
    }

    @Test
    void anotherReceiveEndsItsWaitInTime() {
        receive(new ThrowingReceive(SECOND));
        ReceiveProbe second = receive(ReceiveProbe.waiting(1, SECOND));

        pass(SECOND + SECOND / 10);

        assertThat(second.answers()).isEqualTo(1);
        assertThat(host.faults).hasSize(1);
    }

    @Test
    void anotherReceiveIsToldOfTheEnd() {
        receive(new ThrowingReceive(SECOND));
        ReceiveProbe second = receive(ReceiveProbe.waiting(1, SECOND));

        shard.close();
        run();

        assertThat(second.refusal()).isEqualTo(Refusal.CLOSING);
        assertThat(host.faults).hasSize(1);
    }

    @Test
    void messagesThatAFaultyReceiverGotComeBack() {
        publish(1);
        receive(new ThrowingReceive(0));

        pass(ReceiveProbe.LEASE_NANOS + SECOND / 10);

        assertThat(take().deliveryCount()).isEqualTo(2);
    }
}
