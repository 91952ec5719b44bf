package io.millrace.engine;

import io.millrace.storage.ShardLog;

/** Looks at messages without disturbing them. Part of a shard; the loop's. */
final class Peeking {
    private Peeking() {}

    static void peek(Queue queue, Peek peek, ShardLog log) {
        EntrySet entries = new EntrySet(log, peek::onPeeked);
        peek.entries = entries;
        SettledSet settled = queue.subscription().settled();
        EntryIndex index = queue.log().entries();
        long readable = queue.log().readableOffset();
        long bytes = 0;
        long offset = settled.nextUnsettled(peek.fromOffset());
        while (offset < readable && peek.size() < peek.messagesMax() && bytes < peek.bytesMax()) {
            Peek.State state = state(queue, offset);
            if (peek.wants(state) && index.find(offset)) {
                bytes += index.recordBytes() / index.span();
                peek.add(offset, state, queue.subscription().deliveries(offset), entries.addFound(index));
            }
            offset = settled.nextUnsettled(offset + 1);
        }
        peek.end(offset);
        if (!entries.startReading()) {
            peek.onPeeked();
        }
    }

    private static Peek.State state(Queue queue, long offset) {
        IndividualSubscription subscription = queue.subscription();
        if (subscription.damaged().contains(offset)) {
            return Peek.State.DAMAGED;
        }
        if (subscription.delayed().contains(offset)) {
            return Peek.State.DELAYED;
        }
        boolean ready =
                offset >= subscription.cursor() || subscription.returned().contains(offset);
        return ready ? Peek.State.READY : Peek.State.LEASED;
    }
}
