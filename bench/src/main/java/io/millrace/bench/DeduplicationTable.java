package io.millrace.bench;

import io.millrace.base.Check;
import io.millrace.base.Clock;
import io.millrace.engine.Publish;
import io.millrace.engine.Refusal;
import io.millrace.storage.BodyFormat;
import io.millrace.storage.EntryEnvelope;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.file.Path;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongUnaryOperator;

/**
 * A queue whose messages have a key each, all within the window: how fast new ones go in, what memory they take, how
 * long a start takes after a crash, how fast duplicates are answered. Arguments: {@code fill} or {@code repeat}, the
 * directory, the number of messages. {@code fill} ends as a crash does.
 */
public final class DeduplicationTable {
    private static final long QUEUE = 1;
    private static final int BODY_BYTES = 64;
    private static final int WINDOW = 2_000;
    private static final int DUPLICATES = 200_000;
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private DeduplicationTable() {}

    /** Runs one half of it. */
    public static void main(String[] args) throws Exception {
        int messages = Integer.parseInt(args[2]);
        if (args[0].equals("fill")) {
            fill(Path.of(args[1]), messages);
        } else {
            repeat(Path.of(args[1]), messages);
        }
    }

    private static void fill(Path directory, int messages) throws Exception {
        System.out.printf(Locale.ROOT, "%,d messages of %d bytes, each with a key%n", messages, BODY_BYTES);
        OneShard engine = new OneShard(directory, Clock.SYSTEM, QUEUE);
        long before = heapBytes();
        new Publisher(engine, messages, false, number -> number).run("new keys");
        memory("with all keys in the window", before, messages);
        Runtime.getRuntime().halt(0);
    }

    private static void repeat(Path directory, int messages) throws Exception {
        long before = heapBytes();
        long from = System.nanoTime();
        OneShard engine = new OneShard(directory, Clock.SYSTEM, QUEUE);
        System.out.printf(Locale.ROOT, "start after the crash: %.2f s%n", (System.nanoTime() - from) / 1e9);
        memory("after the start", before, messages);
        SplittableRandom random = new SplittableRandom(1);
        int recent = Math.min(messages, 10_000);
        new Publisher(engine, DUPLICATES, true, number -> random.nextLong(messages)).run("duplicates of any age");
        new Publisher(engine, DUPLICATES, true, number -> messages - 1 - random.nextLong(recent))
                .run("duplicates of the last 10,000");
        new Publisher(engine, DUPLICATES, false, number -> messages + number).run("new keys after that");
        memory("with the filters in memory", before, messages);
        engine.close();
    }

    private static void memory(String when, long heapBefore, int messages) {
        long heap = heapBytes() - heapBefore;
        System.out.printf(
                Locale.ROOT,
                "%s: heap %.1f MiB, %.2f bytes a key; direct memory %.1f MiB%n",
                when,
                heap / 1048576.0,
                (double) heap / messages,
                PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory() / 1048576.0);
    }

    private static long heapBytes() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    /** Publishes so many messages, so many of them at a time. On the loop. */
    private static final class Publisher {
        private final OneShard engine;
        private final int messages;
        private final boolean areDuplicates;
        private final LongUnaryOperator keys;
        private final CountDownLatch done;
        private int next;

        /** The message of each number has this key, and is new or is not. */
        Publisher(OneShard engine, int messages, boolean areDuplicates, LongUnaryOperator keys) {
            this.engine = engine;
            this.messages = messages;
            this.areDuplicates = areDuplicates;
            this.keys = keys;
            done = new CountDownLatch(messages);
        }

        void run(String what) throws InterruptedException {
            long from = System.nanoTime();
            engine.loop.execute(() -> {
                for (int left = Math.min(messages, WINDOW); left > 0; left--) {
                    publishNext();
                }
            });
            done.await();
            double seconds = (System.nanoTime() - from) / 1e9;
            System.out.printf(Locale.ROOT, "%s: %.1f s, %,.0f a second%n", what, seconds, messages / seconds);
        }

        private void publishNext() {
            if (next < messages) {
                engine.shard.publish(QUEUE, new One(keys.applyAsLong(next++)));
            }
        }

        private final class One extends Publish {
            private final long key;

            One(long key) {
                this.key = key;
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
                target.writeLong(key).writeZero(BODY_BYTES - Long.BYTES);
            }

            @Override
            public void fill(EntryEnvelope envelope) {
                envelope.format = BodyFormat.NATIVE;
            }

            @Override
            public long deduplicationNanos() {
                return TimeUnit.DAYS.toNanos(1);
            }

            @Override
            public long deduplicationHigh() {
                return (key + 1) * GOLDEN;
            }

            @Override
            public long deduplicationLow() {
                return -key * GOLDEN;
            }

            @Override
            protected void onStored(long offset) {
                answered(false, offset);
            }

            @Override
            protected void onDuplicate(long offset) {
                answered(true, offset);
            }

            private void answered(boolean isDuplicate, long offset) {
                Check.that(isDuplicate == areDuplicates && offset == key, "key %d is answered with %d", key, offset);
                done.countDown();
                // In another turn: answers of duplicates may come within the call.
                engine.loop.execute(Publisher.this::publishNext);
            }

            @Override
            protected void onRefused(Refusal reason) {
                throw new IllegalStateException("refused: " + reason);
            }
        }
    }
}
