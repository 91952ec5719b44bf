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
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A queue with very many messages, each with a due time of its own, or with random priorities, on a local store: how
 * fast they go in, what heap they take, how long a start takes, how fast they come out, and that they come in order.
 * Arguments: {@code due}, {@code together} (all due within a second) or {@code priority}; {@code fill}, which ends like
 * a crash, or {@code drain}; the directory; the number of messages.
 */
public final class ScaleTable {
    private static final long QUEUE = 1;
    private static final int BODY_BYTES = 256;
    private static final int WINDOW = 2_000;
    private static final int BATCH = 200;
    private static final int SETTLEMENTS_UNDER_WAY_MAX = 16;
    /** In how many pieces the due times come. */
    private static final int STEPS = 50;

    /** Where the clock stands, in both halves: 2026-01-01. */
    private static final long START_MILLIS = 1_767_225_600_000L;

    private static final long FIRST_DUE_MILLIS = START_MILLIS + TimeUnit.DAYS.toMillis(1);
    private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(2);

    private final boolean isDue;
    private final int messages;
    private final Path directory;
    private final SetClock clock = new SetClock();
    /** Within how long all of them are due, and in how many steps that comes. */
    private final long spanMillis;

    private final int steps;

    private ScaleTable(String what, int messages, Path directory) {
        boolean isTogether = what.equals("together");
        this.isDue = isTogether || what.equals("due");
        this.spanMillis = isTogether ? TimeUnit.SECONDS.toMillis(1) : TimeUnit.DAYS.toMillis(30);
        this.steps = isTogether ? 1 : STEPS;
        this.messages = messages;
        this.directory = directory;
    }

    /** Runs one of the two halves. */
    public static void main(String[] args) throws Exception {
        ScaleTable table = new ScaleTable(args[0], Integer.parseInt(args[3]), Path.of(args[2]));
        if (args[1].equals("fill")) {
            table.fill();
            // Nothing is closed: the next start finds what a crash leaves.
            Runtime.getRuntime().halt(0);
        }
        table.drain();
    }

    private void fill() throws Exception {
        System.out.printf(
                Locale.ROOT,
                "%,d messages of %d bytes, each with its own %s%n",
                messages,
                BODY_BYTES,
                isDue ? "due time" : "random priority");
        OneShard engine = new OneShard(directory, clock, QUEUE);
        long before = heapBytes();
        long from = System.nanoTime();
        new Publisher(engine).run();
        rate("published", from);
        heap("heap with all of them there", before);
    }

    private void drain() throws Exception {
        long before = heapBytes();
        long from = System.nanoTime();
        try (OneShard engine = new OneShard(directory, clock, QUEUE)) {
            System.out.printf(
                    Locale.ROOT, "start after a crash: ready after %.2f s%n", (System.nanoTime() - from) / 1e9);
            heap("heap after the start", before);
            from = System.nanoTime();
            new Consumer(engine).run();
            rate(isDue ? "consumed, all when they were due" : "consumed in order", from);
            heap("heap after all", before);
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
        private volatile long wallMillis = START_MILLIS;

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
                        ? FIRST_DUE_MILLIS + random.nextLong(spanMillis)
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
        private final long[] perStep = new long[steps];
        private long left = messages;
        private long leftOfStep;
        private int step = -1;
        private long sumOfNumbers;
        private long lastKey = -1;
        private int underWay;
        private boolean waits;

        Consumer(OneShard engine) {
            this.engine = engine;
        }

        void run() throws InterruptedException {
            SplittableRandom random = new SplittableRandom(1);
            for (int i = 0; i < messages && isDue; i++) {
                perStep[(int) (random.nextLong(spanMillis) * steps / spanMillis)]++;
            }
            engine.loop.execute(() -> {
                beginStep();
                receive();
            });
            done.await();
            Check.that(sumOfNumbers == (long) messages * (messages - 1) / 2, "each message comes once");
        }

        private void beginStep() {
            while (isDue && leftOfStep == 0 && step < steps - 1) {
                leftOfStep = perStep[++step];
                clock.wallMillis = endOfStep(step);
            }
        }

        private long endOfStep(int which) {
            return FIRST_DUE_MILLIS + (which + 1L) * spanMillis / steps - 1;
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
            underWay++;
            engine.shard.settle(QUEUE, settlement);
            waits = underWay == SETTLEMENTS_UNDER_WAY_MAX;
            if (!waits) {
                next();
            }
        }

        private void next() {
            if (left > 0) {
                beginStep();
                engine.loop.execute(this::receive);
            }
        }

        private final class Acknowledgement extends Settlement {
            @Override
            protected void onSettled() {
                underWay--;
                if (waits) {
                    waits = false;
                    next();
                } else if (left == 0 && underWay == 0) {
                    done.countDown();
                }
            }

            @Override
            protected void onRefused(Refusal reason) {
                throw new IllegalStateException("refused: " + reason);
            }
        }
    }
}
