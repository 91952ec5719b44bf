package io.millrace.engine.queue;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** What is known of one producer in one log; an element of the list of all, by when they published last. */
final class Producer {
    /** How many of its last publishes are known: a Kafka client has as many under way. */
    static final int KNOWN = 5;

    final @Nullable Queue queue;
    final long id;
    final int epoch;
    /** Of its last publishes the numbers of the first and the last message, and the offset of the first. */
    private final int[] firstSequences = new int[KNOWN];

    private final int[] lastSequences = new int[KNOWN];
    final long[] offsets = new long[KNOWN];
    private int publishes;

    Producer before = this;
    Producer after = this;

    Producer(@Nullable Queue queue, long id, int epoch) {
        this.queue = queue;
        this.id = id;
        this.epoch = epoch;
    }

    void add(int firstSequence, int lastSequence, long offset) {
        int place = publishes % KNOWN;
        firstSequences[place] = firstSequence;
        lastSequences[place] = lastSequence;
        offsets[place] = offset;
        // Kept small, and the same modulo what is known.
        publishes = publishes + 1 < 2 * KNOWN ? publishes + 1 : KNOWN;
    }

    /** The number of the last message that was stored. */
    int lastSequence() {
        return lastSequences[(publishes - 1) % KNOWN];
    }

    /** The place of the publish of these messages; negative where it is not one of the last. */
    int find(int firstSequence, int lastSequence) {
        for (int place = Math.min(publishes, KNOWN) - 1; place >= 0; place--) {
            if (firstSequences[place] == firstSequence && lastSequences[place] == lastSequence) {
                return place;
            }
        }
        return -1;
    }

    void writeTo(ByteBuf target) {
        int known = Math.min(publishes, KNOWN);
        target.writeLong(id).writeShort(epoch).writeByte(known);
        for (int i = publishes - known; i < publishes; i++) {
            int place = i % KNOWN;
            target.writeInt(firstSequences[place])
                    .writeInt(lastSequences[place])
                    .writeLong(offsets[place]);
        }
    }
}
