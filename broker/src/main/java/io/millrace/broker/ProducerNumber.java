package io.millrace.broker;

import io.millrace.broker.message.TextHash;

/**
 * Who publishes, and which of its messages to a partition the first one is, so that what is published again after a
 * lost answer is stored once. Immutable; any thread.
 *
 * @param id the producer
 * @param epoch how often it has begun anew, 0 to {@value #EPOCH_MAX}; the one with a smaller number is refused then
 * @param sequence the number of the first message, from 0 in each partition and epoch; 2^31 - 1 is followed by 0
 */
public record ProducerNumber(long id, int epoch, int sequence) {
    /** The greatest epoch. */
    public static final int EPOCH_MAX = 65_535;

    /** Checks the ranges; an {@link IllegalArgumentException} says which is left. */
    public ProducerNumber {
        if (epoch < 0 || epoch > EPOCH_MAX || sequence < 0) {
            throw new IllegalArgumentException("an epoch is 0 to " + EPOCH_MAX + ", a sequence 0 or more");
        }
    }

    /** That of the producer that is called so. */
    public static ProducerNumber of(String name, int epoch, int sequence) {
        long id = TextHash.of(name).high();
        return new ProducerNumber(id == 0 ? 1 : id, epoch, sequence);
    }
}
