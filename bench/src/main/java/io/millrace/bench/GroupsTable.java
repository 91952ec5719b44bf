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
 * or {@code one} for all in one group beside 1,000 with ten each; the directory; the number of messages.
 */
public final class GroupsTable {
    private static final long QUEUE = 1;
    private static final int BODY_BYTES = 256;
    private static final int WINDOW = 2_000;
    private static final int BATCH = 200;
    private static final int RECEIVES = 4;
    private static final int PER_GROUP = 10;
    private static final int SMALL_GROUPS = 1_000;
    private static final long SAMPLE_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long LEASE_NANOS = TimeUnit.HOURS.toNanos(1);
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final OneShard engine;
    private final boolean isMany;
    private final int messages;
    private final int groups;

    private GroupsTable(OneShard engine, boolean isMany, int messages) {
        this.engine = engine;
        this.isMany = isMany;
        this.messages = messages;
        this.groups = isMany ? messages / PER_GROUP : 1 + SMALL_GROUPS;
    }

    /** Runs one of the two halves. */
    public static void main(String[] args) throws Exception {
        boolean isMany = args[1].equals("many");
        Path directory = Path.of(args[2]);
        int messages = Integer.parseInt(args[3]);
        long heapBefore = heapBytes();
        long from = System.nanoTime();
        OneShard engine = new OneShard(directory, Clock.SYSTEM, QUEUE);
        if (args[0].equals("fill")) {
            new GroupsTable(engine, isMany, messages).fill(heapBefore);
            // Nothing is closed: the next start finds what a crash leaves.
            Runtime.getRuntime().halt(0);
        }
        System.out.printf(Locale.ROOT, "start after a crash: ready after %.2f s%n", (System.nanoTime() - from) / 1e9);
        new GroupsTable(engine, isMany, messages).drain(heapBefore);
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
        rate("consumed in order, a part", consumer.taken, from);
        System.out.printf(
                Locale.ROOT,
                "every group that was served had its first turn within %,d deliveries; %,d of %,d groups were%n",
                consumer.lastFirstTurn,
                consumer.served.cardinality(),
                groups);
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
            if (isMany) {
                return random.nextInt(groups);
            }
            int behindTheLarge = number - (messages - SMALL_GROUPS * PER_GROUP);
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
        private final CountDownLatch done = new CountDownLatch(RECEIVES);
        private final BitSet served = new BitSet(groups);
        private final BitSet inFlight = new BitSet(groups);
        /** Of each group the offset that came last. */
        private final int[] last = new int[groups];

        private final long endNanos = System.nanoTime() + SAMPLE_NANOS;
        private long taken;
        private long lastFirstTurn;

        void run() throws InterruptedException {
            Arrays.fill(last, -1);
            for (int i = 0; i < RECEIVES; i++) {
                engine.loop.execute(this::receive);
            }
            done.await();
        }

        private void receive() {
            if (System.nanoTime() - endNanos > 0) {
                done.countDown();
                return;
            }
            Receive receive = new Receive(BATCH, Integer.MAX_VALUE, LEASE_NANOS, PATIENCE_NANOS, false) {
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
