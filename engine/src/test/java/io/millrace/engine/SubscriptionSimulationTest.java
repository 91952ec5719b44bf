package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.ReceiveProbe.Message;
import io.millrace.engine.policy.EngineLimits;
import io.millrace.engine.policy.KeepPolicy;
import io.millrace.storage.EntryEnvelope;
import io.millrace.storage.local.LocalStoreOptions;
import io.millrace.storage.local.ScrubOptions;
import io.millrace.testkit.SeedSource;
import io.millrace.testkit.SimulatedClock;
import io.millrace.testkit.SimulatedCrash;
import io.millrace.testkit.SimulatedFileSystem;
import io.millrace.testkit.SimulatedWorld;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;

/**
 * A log with several subscriptions, one of them by key and two with a filter, on the local store, over a disk that
 * forgets what was not synced: their clients receive, acknowledge, release and seek, each as if it were alone, and the
 * log lets go of what all have settled. After each power cut and all the time in between each gets what it is owed,
 * once at a time, and nothing that it has acknowledged or does not want.
 */
class SubscriptionSimulationTest {
    private static final long LOG = 1;
    private static final int SUBSCRIPTIONS = 4;
    /** One of them, which has one message of each key at a time. */
    private static final long BY_KEY = LOG + SUBSCRIPTIONS;
    /** Those that want only some messages. */
    private static final Map<Long, NumberFilter> FILTERS =
            Map.of(LOG + 1, NumberFilter.of(3, 1), BY_KEY, NumberFilter.of(2, 1));

    private static final int KEYS = 5;
    private static final int BLOCK_BYTES = 4096;
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long LEASE_NANOS = 30 * SECOND;
    private static final long TICK = SECOND / 50;
    private static final LocalStoreOptions OPTIONS =
            new LocalStoreOptions(1, 16 * BLOCK_BYTES, 1, 16 << 10, BLOCK_BYTES, 1, 0);

    private static long delivered;
    private static long powerCuts;
    private static long seeks;
    private static long letGo;

    private final SimulatedClock clock = new SimulatedClock();
    private final ShardLedger ledger = new ShardLedger(0);
    /** What was confirmed, by offset. */
    private final TreeMap<Long, Long> confirmed = new TreeMap<>();
    /** When the messages are due, by number. */
    private final Map<Long, Long> dueNanos = new HashMap<>();

    private final List<Client> clients = new ArrayList<>();
    private SplittableRandom random;
    private SimulatedFileSystem disk;
    private SimulatedProcess process;
    private long nextNumber = 1;

    @ParameterizedTest
    @SeedSource(runs = 10)
    void eachGetsWhatItIsOwed(long seed) throws IOException {
        random = new SplittableRandom(seed);
        disk = new SimulatedFileSystem(random.split());
        boolean isUntilSettled = random.nextBoolean();
        for (int i = 0; i < SUBSCRIPTIONS; i++) {
            clients.add(new Client(LOG + 1 + i));
        }
        for (int life = 0; life < 5; life++) {
            start(isUntilSettled);
            if (life < 4 && random.nextInt(3) > 0) {
                disk.crashAt(disk.operations() + random.nextInt(1, 1_500));
            }
            try {
                clients.forEach(Client::began);
                live();
                disk.crashAt(Long.MAX_VALUE);
                process.kill();
                disk.crash(random);
            } catch (SimulatedCrash e) {
                process.kill();
            }
            died();
        }
        start(isUntilSettled);
        clients.forEach(Client::began);
        clients.forEach(Client::drain);
        letGo = Math.max(letGo, fetchedFloor());
        process.close();
        disk.crash(random);
        died();
    }

    private void start(boolean isUntilSettled) throws IOException {
        SimulatedWorld world = new SimulatedWorld(random.split(), clock);
        process = new SimulatedProcess(
                disk,
                OPTIONS,
                EngineLimits.DEFAULT,
                world,
                Set.of(LOG),
                List.of(ledger),
                random.split(),
                ScrubOptions.NEVER);
        KeepPolicy all = KeepPolicy.retained(isUntilSettled ? 0 : KeepPolicy.UNLIMITED, KeepPolicy.UNLIMITED);
        process.policies.put(LOG, isUntilSettled ? all.untilSettled() : all);
        process.keys.put(BY_KEY, (format, body, visitor) -> {
            // All messages of a publish are as long as the others, and their numbers follow one another.
            int count = 1;
            int messageBytes = body.readableBytes();
            long number = body.getLong(body.readerIndex());
            for (int divisor = 2; divisor < 6; divisor++) {
                int bytes = body.readableBytes() / divisor;
                if (body.readableBytes() % divisor == 0
                        && bytes >= PublishProbe.MESSAGE_BYTES_MIN
                        && body.getLong(body.readerIndex() + bytes) == number + 1) {
                    count = divisor;
                    messageBytes = bytes;
                }
            }
            for (int i = 0; i < count; i++) {
                visitor.onKey(i, key(body.getLong(body.readerIndex() + i * messageBytes)), 1, false);
            }
        });
        process.filters.putAll(FILTERS);
        ledger.restarted();
        assertThat(process.awaitReady()).isTrue();
    }

    private static long key(long number) {
        return number % KEYS;
    }

    private void died() {
        powerCuts++;
        process = null;
        disk.crashAt(Long.MAX_VALUE);
        disk.restart();
    }

    private Shard shard() {
        return process.shard(0);
    }

    private void live() {
        for (int action = random.nextInt(20, 150); action > 0; action--) {
            Client client = clients.get(random.nextInt(clients.size()));
            switch (random.nextInt(20)) {
                case 0, 1, 2, 3, 4, 5, 6 -> publish();
                case 7, 8, 9, 10, 11 -> client.receive(random.nextInt(1, 9));
                case 12, 13, 14 -> client.acknowledge();
                case 15 -> client.release();
                case 16 -> clock.advance(random.nextInt(1, 20) * SECOND);
                case 17 -> {
                    if (random.nextInt(3) == 0) {
                        client.seek();
                    }
                }
                default -> process.runUntilIdle();
            }
        }
        process.runUntilIdle();
    }

    private void publish() {
        int count = random.nextInt(4) == 0 ? random.nextInt(2, 6) : 1;
        PublishProbe publish = new PublishProbe(nextNumber, count, random.nextInt(8, 900)) {
            @Override
            protected void onStored(long offset) {
                super.onStored(offset);
                for (int i = 0; i < count(); i++) {
                    confirmed.put(offset + i, firstNumber() + i);
                }
            }
        };
        if (random.nextInt(4) == 0) {
            long delayNanos = random.nextInt(1, 40) * SECOND;
            publish.delayNanos(delayNanos);
            for (int i = 0; i < count; i++) {
                dueNanos.put(nextNumber + i, clock.nanoTime() + delayNanos);
            }
        } else if (random.nextInt(4) == 0) {
            publish.priority(EntryEnvelope.PRIORITY_NORMAL - random.nextInt(3));
        }
        nextNumber += count;
        shard().publish(LOG, publish);
    }

    private long fetchedFloor() {
        clock.advance(15 * SECOND);
        process.runUntilIdle();
        return shard().stats(LOG).nextOffset() - shard().stats(LOG).ready();
    }

    /** Whoever uses one subscription, and what it may expect of it. */
    private final class Client {
        private final long logId;
        /** From where on everything is owed; -1 while that is not known. */
        private long from = -1;
        /** Acknowledged, and that was confirmed. */
        private final Set<Long> acknowledged = new HashSet<>();
        /** Asked to be acknowledged. */
        private final Set<Long> asked = new HashSet<>();
        /** What it holds in this life, with the end of the lease. */
        private final Map<Message, Long> held = new HashMap<>();

        private final Set<Long> got = new HashSet<>();
        private int underWay;

        Client(long logId) {
            this.logId = logId;
        }

        /** A process has begun: what was not confirmed before is asked for again. */
        void began() {
            held.clear();
            underWay = 0;
            if (shard().subscriptions().source(logId) == null) {
                assertThat(from).as("a subscription that was confirmed").isNegative();
                SeekProbe seek = new SeekProbe(random.nextBoolean() ? Seek.EARLIEST : random.nextInt(50));
                shard().subscriptions().subscribe(logId, LOG, seek);
                positioned(seek);
            } else if (from < 0) {
                seek();
            }
        }

        private void positioned(SeekProbe seek) {
            from = -1;
            asked.clear();
            acknowledged.clear();
            held.clear();
            process.runUntilIdle();
            assertThat(seek.refusal()).isNull();
            assertThat(seek.position()).isNotNegative();
            from = seek.position();
        }

        void seek() {
            if (underWay == 0) {
                seeks++;
                SeekProbe seek = new SeekProbe(random.nextLong(shard().nextOffset(LOG) + 2));
                shard().subscriptions().seek(logId, seek);
                positioned(seek);
            }
        }

        void receive(int messagesMax) {
            underWay++;
            long endNanos = clock.nanoTime() + LEASE_NANOS;
            ReceiveProbe receive = new ReceiveProbe(messagesMax, 1 << 20, LEASE_NANOS, 0, random.nextBoolean()) {
                @Override
                protected void onDelivered(Deliveries messages) {
                    super.onDelivered(messages);
                    underWay--;
                    messages().forEach(each -> delivered(each, endNanos));
                }
            };
            shard().receive(logId, receive);
        }

        private void delivered(Message message, long endOfLeaseNanos) {
            delivered++;
            got.add(message.offset());
            assertThat(confirmed.getOrDefault(message.offset(), message.number()))
                    .isEqualTo(message.number());
            assertThat(message.offset()).isGreaterThanOrEqualTo(from);
            assertThat(acknowledged).doesNotContain(message.offset());
            assertThat(wants(message.number())).as("%s is wanted", message).isTrue();
            long nowNanos = clock.nanoTime();
            assertThat(dueNanos.getOrDefault(message.number(), nowNanos) - nowNanos)
                    .as("how much too early it is")
                    .isLessThanOrEqualTo(TICK);
            held.forEach(
                    (other, endNanos) -> assertThat(other.offset() == message.offset() && endNanos - nowNanos > TICK)
                            .as("%s, while somebody has %s", message, other)
                            .isFalse());
            if (logId == BY_KEY) {
                checkKey(message, nowNanos);
            }
            held.put(message, endOfLeaseNanos);
        }

        private boolean wants(long number) {
            NumberFilter filter = FILTERS.get(logId);
            return filter == null || filter.wants(number);
        }

        /** Of its key nobody else has one, and all that came before were asked to be acknowledged. */
        private void checkKey(Message message, long nowNanos) {
            long key = key(message.number());
            held.forEach((other, endNanos) -> assertThat(key(other.number()) == key && endNanos - nowNanos > TICK)
                    .as("%s, while somebody has %s", message, other)
                    .isFalse());
            confirmed.subMap(from, message.offset()).forEach((offset, number) -> {
                if (key(number) == key && wants(number) && !dueNanos.containsKey(number)) {
                    assertThat(asked).as("what comes before %s", message).contains(offset);
                }
            });
        }

        void acknowledge() {
            settle(Settlement.ACKNOWLEDGE, 0, false);
        }

        void release() {
            settle(Settlement.RELEASE, random.nextInt(2) * (random.nextInt(30) * SECOND), false);
        }

        private void settle(byte action, long argument, boolean all) {
            List<Message> named = new ArrayList<>();
            SettlementProbe settlement = new SettlementProbe() {
                @Override
                protected void onSettled() {
                    super.onSettled();
                    underWay--;
                    for (int i = 0; i < named.size(); i++) {
                        if (isDone(i) && action == Settlement.ACKNOWLEDGE) {
                            acknowledged.add(named.get(i).offset());
                        }
                    }
                }
            };
            for (Message each : List.copyOf(held.keySet())) {
                if (all || random.nextBoolean()) {
                    named.add(each);
                    held.remove(each);
                    settlement.and(each, action, argument);
                    if (action == Settlement.ACKNOWLEDGE) {
                        asked.add(each.offset());
                    }
                }
            }
            underWay++;
            shard().settle(logId, settlement);
        }

        /** Takes all that is left, and finds that it is all that is owed. */
        void drain() {
            got.clear();
            clock.advance(100 * SECOND);
            process.runUntilIdle();
            long before;
            do {
                before = delivered;
                receive(100);
                process.runUntilIdle();
                settle(Settlement.ACKNOWLEDGE, 0, true);
                process.runUntilIdle();
            } while (delivered > before);
            Set<Long> owed = new HashSet<>(confirmed.tailMap(from).keySet());
            owed.removeAll(asked);
            owed.removeIf(offset -> !wants(confirmed.get(offset)));
            assertThat(got).as("%s", shard().stats(logId)).containsAll(owed);
            assertThat(shard().stats(logId).ready()).as("what is left").isZero();
        }
    }

    @AfterAll
    static void printWhatWasMet() {
        System.out.println("subscriptions: " + delivered + " deliveries, " + powerCuts + " power cuts, " + seeks
                + " seeks, logs let go of up to " + letGo + " messages");
        assertThat(seeks).isPositive();
        assertThat(letGo).isPositive();
    }
}
