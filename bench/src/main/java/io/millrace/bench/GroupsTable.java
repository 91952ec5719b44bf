package io.millrace.bench;

import io.millrace.base.Check;
import io.millrace.base.Clock;
import io.millrace.engine.Deliveries;
import io.millrace.engine.Publish;
import io.millrace.engine.Receive;
import io.millrace.engine.Refusal;
import io.millrace.engine.Settlement;
import io.millrace.storage.BodyFormat;
import io.millrace.storage.EntryEnvelope;
import io.netty.buffer.ByteBuf;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A queue with very many messages of groups on a local store: how fast they go in, what heap they take, how long a
 * start after a crash takes, how fast they come out, and that of each group one comes at a time, in order. Arguments:
 * {@code fill}, which ends like a crash, or {@code drain}; {@code many} for a group for every ten messages at random,
 * {@code one} for all in one group beside 1,000 with ten each, or {@code fair} for all in one group beside 100 with ten
 * each, where each worker has one message at a time; the directory; the number of messages; how many workers.
 */
public final class GroupsTable {
    private static final long QUEUE = 1;
    private static final int BODY_BYTES = 256;
    private static final int WINDOW = 2_000;
    private static final int BATCH = 200;
    private static final int PER_GROUP = 10;
    private static final long SAMPLE_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long LEASE_NANOS = TimeUnit.HOURS.toNanos(1);
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final OneShard engine;
    private final Shape shape;
    private final int messages;
    private final int groups;
    private final int workers;

    private enum Shape {
        MANY(0, BATCH),
        ONE(1_000, BATCH),
        FAIR(100, 1);

        /** How many groups of ten messages there are beside the large one; 0 where there is no large one. */
        private final int smallGroups;

        private final int batch;

        Shape(int smallGroups, int batch) {
            this.smallGroups = smallGroups;
            this.batch = batch;
        }
    }

    private GroupsTable(OneShard engine, String[] args) {
        this.engine = engine;
        shape = Shape.valueOf(args[1].toUpperCase(Locale.ROOT));
        messages = Integer.parseInt(args[3]);
        workers = Integer.parseInt(args[4]);
        groups = shape == Shape.MANY ? messages / PER_GROUP : 1 + shape.smallGroups;
    }

    /** Runs one of the two halves. */
    public static void main(String[] args) throws Exception {
        Path directory = Path.of(args[2]);
        long heapBefore = heapBytes();
        long from = System.nanoTime();
        OneShard engine = new OneShard(directory, Clock.SYSTEM, QUEUE);
        if (args[0].equals("fill")) {
            new GroupsTable(engine, args).fill(heapBefore);
            // Nothing is closed: the next start finds what a crash leaves.
            Runtime.getRuntime().halt(0);
        }
        System.out.printf(Locale.ROOT, "start after a crash: ready after %.2f s%n", (System.nanoTime() - from) / 1e9);
        new GroupsTable(engine, args).drain(heapBefore);
        engine.close();
    }

    private void fill(long heapBefore) throws InterruptedException {
        System.out.printf(Locale.ROOT, "%,d messages of %d bytes in %,d groups%n", messages, BODY_BYTES, groups);
        Publisher publisher = new Publisher();
        long from = System.nanoTime();
        publisher.run();
        rate("published", messages, from);
        heap("heap with all of them there", heapBefore);
    }

    private void drain(long heapBefore) throws InterruptedException {
        heap("heap after the start", heapBefore);
        Consumer consumer = new Consumer();
        long from = System.nanoTime();
        consumer.run();
        rate("consumed in order, a part, by " + workers, consumer.taken, from);
        System.out.printf(
                Locale.ROOT,
                "every group that was served had its first turn within %,d deliveries; %,d of %,d groups were%n",
                consumer.lastFirstTurn,
                consumer.served.cardinality(),
                groups);
        if (shape != Shape.MANY) {
            System.out.printf(
                    Locale.ROOT,
                    "of the small groups none waited for more than %,d deliveries to others%n",
                    consumer.longestWait);
        }
        if (consumer.smallLeft == 0) {
            System.out.printf(
                    Locale.ROOT,
                    "all of the small groups were done with after %,d deliveries, %.1f ms%n",
                    consumer.taken,
                    (System.nanoTime() - from) / 1e6);
        }
        heap("heap then", heapBefore);
    }

    private static void rate(String what, long count, long fromNanos) {
        double seconds = (System.nanoTime() - fromNanos) / 1e9;
        System.out.printf(Locale.ROOT, "%s: %,d in %.1f s, %,.0f a second%n", what, count, seconds, count / seconds);
    }

    private void heap(String what, long before) {
        long bytes = heapBytes() - before;
        System.out.printf(
                Locale.ROOT,
                "%s: %.1f MiB, %.2f bytes a message%n",
                what,
                bytes / 1048576.0,
                (double) bytes / messages);
    }

    private static long heapBytes() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    /** Publishes all messages, so many at a time. On the loop. */
    private final class Publisher {
        private final SplittableRandom random = new SplittableRandom(1);
        private final CountDownLatch done = new CountDownLatch(messages);
        private int next;

        void run() throws InterruptedException {
            engine.loop.execute(() -> {
                while (next < Math.min(messages, WINDOW)) {
                    engine.shard.publish(QUEUE, new One(groupOf(next++)));
                }
            });
            done.await();
        }

        private int groupOf(int number) {
            if (shape == Shape.MANY) {
                return random.nextInt(groups);
            }
            int behindTheLarge = number - (messages - shape.smallGroups * PER_GROUP);
            return behindTheLarge < 0 ? 0 : 1 + behindTheLarge / PER_GROUP;
        }

        private final class One extends Publish {
            private final int group;

            One(int group) {
                this.group = group;
            }

            @Override
            public int count() {
                return 1;
            }

            @Override
            public int bodyBytes() {
                return BODY_BYTES;
            }

            @Override
            public void writeBody(ByteBuf target) {
                target.writeInt(group).writeZero(BODY_BYTES - Integer.BYTES);
            }

            @Override
            public void fill(EntryEnvelope envelope) {
                envelope.format = BodyFormat.NATIVE;
                // As evenly spread as the hash of a name.
                SplittableRandom hash = new SplittableRandom(group);
                envelope.groupHigh = hash.nextLong();
                envelope.groupLow = hash.nextLong();
            }

            @Override
            protected void onStored(long offset) {
                done.countDown();
                if (next < messages) {
                    engine.shard.publish(QUEUE, new One(groupOf(next++)));
                }
            }

            @Override
            protected void onRefused(Refusal reason) {
                throw new IllegalStateException("refused: " + reason);
            }
        }
    }

    /** Receives, checks and acknowledges for a while, or until nothing comes any more. On the loop. */
    private final class Consumer {
        private final CountDownLatch done = new CountDownLatch(workers);
        private final BitSet served = new BitSet(groups);
        private final BitSet inFlight = new BitSet(groups);
        /** Of each group the offset that came last. */
        private final int[] last = new int[groups];

        /** How many were delivered before the next one of each group could be. */
        private final long[] since = new long[groups];

        private final long endNanos = System.nanoTime() + SAMPLE_NANOS;
        private int smallLeft = shape == Shape.MANY ? Integer.MAX_VALUE : shape.smallGroups * PER_GROUP;
        private long taken;
        private long lastFirstTurn;
        private long longestWait;

        void run() throws InterruptedException {
            Arrays.fill(last, -1);
            for (int i = 0; i < workers; i++) {
                engine.loop.execute(this::receive);
            }
            done.await();
        }

        private void receive() {
            if (System.nanoTime() - endNanos > 0 || smallLeft == 0) {
                done.countDown();
                return;
            }
            Receive receive = new Receive(shape.batch, Integer.MAX_VALUE, LEASE_NANOS, PATIENCE_NANOS, false) {
                @Override
                protected void onDelivered(Deliveries delivered) {
                    take(delivered);
                }

                @Override
                protected void onRefused(Refusal reason) {
                    throw new IllegalStateException("refused: " + reason);
                }
            };
            engine.shard.receive(QUEUE, receive);
        }

        private void take(Deliveries delivered) {
            if (delivered.size() == 0) {
                delivered.release();
                done.countDown();
                return;
            }
            Acknowledgement settlement = new Acknowledgement(new int[delivered.size()]);
            for (int i = 0; i < delivered.size(); i++) {
                ByteBuf entry = delivered.entry(i);
                int group = entry.getInt(entry.readerIndex() + EntryEnvelope.bytesAt(entry, entry.readerIndex()));
                Check.that(!inFlight.get(group), "of a group one message comes at a time");
                Check.that(delivered.offset(i) > last[group], "the messages of a group come in order");
                inFlight.set(group);
                last[group] = (int) delivered.offset(i);
                if (group != 0 && smallLeft > 0) {
                    smallLeft--;
                    longestWait = Math.max(longestWait, taken - since[group]);
                }
                taken++;
                if (!served.get(group)) {
                    served.set(group);
                    lastFirstTurn = taken;
                }
                settlement.groups[i] = group;
                settlement.add(delivered.offset(i), delivered.leaseToken(i), Settlement.ACKNOWLEDGE, 0);
            }
            delivered.release();
            for (int group : settlement.groups) {
                inFlight.clear(group);
                since[group] = taken;
            }
            engine.shard.settle(QUEUE, settlement);
        }

        private final class Acknowledgement extends Settlement {
            private final int[] groups;

            Acknowledgement(int[] groups) {
                this.groups = groups;
            }

            @Override
            protected void onSettled() {
                engine.loop.execute(Consumer.this::receive);
            }

            @Override
            protected void onRefused(Refusal reason) {
                throw new IllegalStateException("refused: " + reason);
            }
        }
    }
}
