package io.millrace.bench.scale;

import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.broker.message.MessageView;
import io.millrace.engine.Deliveries;
import io.millrace.engine.Receive;
import io.millrace.engine.Refusal;
import io.millrace.engine.Settlement;
import java.util.BitSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongPredicate;

/**
 * Receives messages of a queue in batches and acknowledges them, some batches under way at a time; checks that
 * each comes once, in order within a batch. On the loop of the queue's shard.
 */
final class Consumer {
    private static final int BATCH = 100;
    private static final int BATCH_BYTES = 4 << 20;
    private static final int BATCHES_UNDER_WAY = 16;
    private static final long LEASE_NANOS = TimeUnit.HOURS.toNanos(1);
    private static final long WAIT_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final BenchBroker broker;
    private final QueueDefinition queue;
    private final LongPredicate acknowledged;
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private final MessageView view = new MessageView();
    private final long from;
    private final BitSet seen = new BitSet();
    /** Messages that no receive under way asks for. */
    private long toAskFor;

    private long toSettle;
    private int underWay;

    private Consumer(BenchBroker broker, QueueDefinition queue, long from, long to, LongPredicate acknowledged) {
        this.broker = broker;
        this.queue = queue;
        this.from = from;
        this.toAskFor = to - from;
        this.toSettle = to - from;
        this.acknowledged = acknowledged;
    }

    /** Receives the messages {@code from} up to but not {@code to}, and acknowledges them all. */
    static CompletableFuture<Void> start(BenchBroker broker, QueueDefinition queue, long from, long to) {
        return start(broker, queue, from, to, number -> true);
    }

    /** The same; messages for which {@code acknowledged} is false stay leased. */
    static CompletableFuture<Void> start(
            BenchBroker broker, QueueDefinition queue, long from, long to, LongPredicate acknowledged) {
        Consumer consumer = new Consumer(broker, queue, from, to, acknowledged);
        // The first batch brings the rest onto the loop of the queue's shard.
        consumer.receive();
        return consumer.done;
    }

    private void receive() {
        int messages = (int) Math.min(BATCH, toAskFor);
        toAskFor -= messages;
        underWay++;
        broker.broker().receive(queue, new Batch(messages));
    }

    private void goOn() {
        while (toAskFor > 0 && underWay < BATCHES_UNDER_WAY) {
            receive();
        }
    }

    private void settle(Deliveries messages) {
        Settlement settlement = new Acknowledgement(messages.size());
        int kept = 0;
        long before = -1;
        for (int i = 0; i < messages.size(); i++) {
            long number = view.show(messages.entry(i), messages.indexInEntry(i))
                    .body()
                    .getLong(view.body().readerIndex());
            int place = (int) (number - from);
            if (number <= before || place < 0 || seen.get(place)) {
                throw new IllegalStateException("message " + number + " came behind " + before + ", or twice");
            }
            before = number;
            seen.set(place);
            if (acknowledged.test(number)) {
                settlement.add(messages.offset(i), messages.leaseToken(i), Settlement.ACKNOWLEDGE, 0);
            } else {
                kept++;
            }
        }
        toSettle -= kept;
        messages.release();
        broker.broker().settle(queue, settlement);
    }

    private final class Batch extends Receive {
        private final int messages;

        Batch(int messages) {
            super(messages, BATCH_BYTES, LEASE_NANOS, WAIT_NANOS, false);
            this.messages = messages;
        }

        @Override
        protected void onDelivered(Deliveries received) {
            try {
                toAskFor += messages - received.size();
                underWay--;
                settle(received);
                goOn();
            } catch (RuntimeException e) {
                done.completeExceptionally(e);
            }
        }

        @Override
        protected void onRefused(Refusal reason) {
            done.completeExceptionally(new IllegalStateException("refused: " + reason));
        }
    }

    private final class Acknowledgement extends Settlement {
        Acknowledgement(int leases) {
            super(leases);
        }

        @Override
        protected void onSettled() {
            toSettle -= size();
            if (toSettle <= 0) {
                done.complete(null);
            }
        }

        @Override
        protected void onRefused(Refusal reason) {
            done.completeExceptionally(new IllegalStateException("refused: " + reason));
        }
    }
}
