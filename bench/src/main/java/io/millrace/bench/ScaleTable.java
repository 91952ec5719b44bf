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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A queue with very many messages, each with a due time of its own, or with random priorities, on a local store: how
 * fast they go in, what heap they take, how long a start takes, how fast they come out, and that they come in order.
 * Arguments: {@code due} or {@code priority}, the number of messages, the directory to write in.
 */
public final class ScaleTable {
    private static final long QUEUE = 1;
    private static final int BODY_BYTES = 256;
    private static final int WINDOW = 2_000;
    private static final int BATCH = 200;
    /** In how many pieces the due times come. */
    private static final int STEPS = 50;

    private static final long SPAN_MILLIS = TimeUnit.DAYS.toMillis(30);
    private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(2);

    private final boolean isDue;
    private final int messages;
    private final Path directory;
    private final SetClock clock = new SetClock();
    private final long firstDueMillis = clock.epochMillis() + TimeUnit.DAYS.toMillis(1);

    private ScaleTable(boolean isDue, int messages, Path directory) {
        this.isDue = isDue;
        this.messages = messages;
        this.directory = directory;
    }

    /** Runs it. */
    public static void main(String[] args) throws Exception {
        boolean isDue = args[0].equals("due");
        int messages = args.length > 1 ? Integer.parseInt(args[1]) : 10_000_000;
        Path directory = Files.createTempDirectory(Path.of(args.length > 2 ? args[2] : "."), "scale-bench");
        try {
            new ScaleTable(isDue, messages, directory).run();
        } finally {
            JournalTable.delete(directory);
        }
    }

    private void run() throws Exception {
        System.out.printf(
                Locale.ROOT,
                "%,d messages of %d bytes, each with its own %s%n",
                messages,
                BODY_BYTES,
                isDue ? "due time" : "random priority");
        try (OneShard engine = new OneShard(directory, clock, QUEUE)) {
            long before = heapBytes();
            long from = System.nanoTime();
            new Publisher(engine).run();
            rate("published", from);
            heap("heap with all of them there", before);
        }
        long idle = heapBytes();
        long from = System.nanoTime();
        try (OneShard engine = new OneShard(directory, clock, QUEUE)) {
            System.out.printf(Locale.ROOT, "start: ready after %.2f s%n", (System.nanoTime() - from) / 1e9);
            heap("heap after the start", idle);
            from = System.nanoTime();
            new Consumer(engine).run();
            rate("consumed in order", from);
        }
    }

    private void rate(String what, long fromNanos) {
        double seconds = (System.nanoTime() - fromNanos) / 1e9;
        System.out.printf(Locale.ROOT, "%s: %.1f s, %,.0f a second%n", what, seconds, messages / seconds);
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

    /** A clock whose wall time is set; until then it stands still. */
    private static final class SetClock implements Clock {
        private volatile long wallMillis = System.currentTimeMillis();

        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        public long epochMillis() {
            return wallMillis;
        }
    }

    /** Publishes all messages, so many at a time. On the loop. */
    private final class Publisher {
        private final OneShard engine;
        private final SplittableRandom random = new SplittableRandom(1);
        private final CountDownLatch done = new CountDownLatch(messages);
        private int next;

        Publisher(OneShard engine) {
            this.engine = engine;
        }

        void run() throws InterruptedException {
            engine.loop.execute(() -> {
                while (next < Math.min(messages, WINDOW)) {
                    engine.shard.publish(QUEUE, new One(next++));
                }
            });
            done.await();
        }

        private final class One extends Publish {
            private final long number;
            private final long key;

            One(long number) {
                this.number = number;
                this.key = isDue
                        ? firstDueMillis + random.nextLong(SPAN_MILLIS)
                        : Integer.toUnsignedLong(random.nextInt());
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
                target.writeLong(number).writeLong(key).writeZero(BODY_BYTES - 2 * Long.BYTES);
            }

            @Override
            public void fill(EntryEnvelope envelope) {
                envelope.format = BodyFormat.NATIVE;
                if (isDue) {
                    envelope.dueMillis = key;
                } else {
                    envelope.priority = (int) key;
                }
            }

            @Override
            protected void onStored(long offset) {
                done.countDown();
                if (next < messages) {
                    engine.shard.publish(QUEUE, new One(next++));
                }
            }

            @Override
            protected void onRefused(Refusal reason) {
                throw new IllegalStateException("refused: " + reason);
            }
        }
    }

    /** Receives, checks and acknowledges everything; where messages have due times, it lets them come. On the loop. */
    private final class Consumer {
        private final OneShard engine;
        private final CountDownLatch done = new CountDownLatch(1);
        private final long[] perStep = new long[STEPS];
        private long left = messages;
        private long leftOfStep;
        private int step = -1;
        private long sumOfNumbers;
        private long lastKey = -1;

        Consumer(OneShard engine) {
            this.engine = engine;
        }

        void run() throws InterruptedException {
            SplittableRandom random = new SplittableRandom(1);
            for (int i = 0; i < messages && isDue; i++) {
                perStep[(int) (random.nextLong(SPAN_MILLIS) * STEPS / SPAN_MILLIS)]++;
            }
            engine.loop.execute(() -> {
                beginStep();
                receive();
            });
            done.await();
            Check.that(sumOfNumbers == (long) messages * (messages - 1) / 2, "each message comes once");
        }

        private void beginStep() {
            while (isDue && leftOfStep == 0 && step < STEPS - 1) {
                leftOfStep = perStep[++step];
                clock.wallMillis = endOfStep(step);
            }
        }

        private long endOfStep(int which) {
            return firstDueMillis + (which + 1L) * SPAN_MILLIS / STEPS - 1;
        }

        private void receive() {
            engine.shard.receive(QUEUE, new Receive(BATCH, Integer.MAX_VALUE, PATIENCE_NANOS, PATIENCE_NANOS, false) {
                @Override
                protected void onDelivered(Deliveries delivered) {
                    take(delivered);
                }

                @Override
                protected void onRefused(Refusal reason) {
                    throw new IllegalStateException("refused: " + reason);
                }
            });
        }

        private void take(Deliveries delivered) {
            Check.that(delivered.size() > 0, "messages come");
            Acknowledgement settlement = new Acknowledgement();
            for (int i = 0; i < delivered.size(); i++) {
                ByteBuf entry = delivered.entry(i);
                int body = entry.readerIndex() + EntryEnvelope.bytesAt(entry, entry.readerIndex());
                long key = entry.getLong(body + Long.BYTES);
                sumOfNumbers += entry.getLong(body);
                if (isDue) {
                    Check.that(key <= clock.epochMillis(), "no message comes before its time");
                    Check.that(step == 0 || key > endOfStep(step - 1), "no message comes late");
                } else {
                    Check.that(key >= lastKey, "messages come in the order of their priority");
                    lastKey = key;
                }
                settlement.add(delivered.offset(i), delivered.leaseToken(i), Settlement.ACKNOWLEDGE, 0);
            }
            left -= delivered.size();
            leftOfStep -= delivered.size();
            delivered.release();
            engine.shard.settle(QUEUE, settlement);
        }

        private final class Acknowledgement extends Settlement {
            @Override
            protected void onSettled() {
                if (left == 0) {
                    done.countDown();
                } else {
                    beginStep();
                    engine.loop.execute(Consumer.this::receive);
                }
            }

            @Override
            protected void onRefused(Refusal reason) {
                throw new IllegalStateException("refused: " + reason);
            }
        }
    }
}
