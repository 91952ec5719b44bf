package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.base.file.OutOfSpaceException;
import io.millrace.engine.ReceiveProbe.Message;
import io.millrace.engine.policy.DeadLetterPolicy;
import io.millrace.engine.policy.EngineLimits;
import io.millrace.engine.policy.LengthPolicy;
import io.millrace.storage.EntryEnvelope;
import io.millrace.storage.local.LocalStoreOptions;
import io.millrace.storage.local.ScrubOptions;
import io.millrace.storage.local.SpaceLimits;
import io.millrace.testkit.DiskOperation;
import io.millrace.testkit.DiskOperation.Kind;
import io.millrace.testkit.SimulatedClock;
import io.millrace.testkit.SimulatedCrash;
import io.millrace.testkit.SimulatedFileSystem;
import io.millrace.testkit.SimulatedWorld;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One run of the engine from one seed: the real shards on the real journal over a disk that loses, tears, refuses and
 * fills up; clients that ask for everything in any order; processes that die at any moment, in the middle of their
 * recovery too. After each restart, all the time in between, and at the end, when every queue is drained, it is held
 * against {@link QueueModel}.
 *
 * <p>Single-threaded, in simulated time: a seed repeats a run exactly.
 */
final class EngineSimulation {
    /** Of so many crashes the directory of one is verified. */
    private static final int CRASHES_VERIFIED = 8;

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long HOUR_MILLIS = TimeUnit.HOURS.toMillis(1);
    private static final long LEASE_NANOS_MAX = 20 * SECOND;
    private static final int BLOCK_BYTES = 4096;
    private static final int ATTEMPTS_MAX = 100;
    private static final int DRAINS_MAX = 10;
    /** Dead letters that could not be moved are tried again after that, or sooner. */
    private static final long PAUSE_NANOS_MAX = 31 * SECOND;

    private static final Kind[] FAULTS = {
        Kind.SYNC, Kind.SYNC, Kind.SYNC, Kind.WRITE, Kind.CREATE, Kind.RENAME, Kind.DELETE, Kind.SYNC_DIRECTORY
    };

    private static final byte[] ACTIONS = {
        Settlement.ACKNOWLEDGE,
        Settlement.ACKNOWLEDGE,
        Settlement.ACKNOWLEDGE,
        Settlement.ACKNOWLEDGE,
        Settlement.ACKNOWLEDGE,
        Settlement.RELEASE,
        Settlement.RETRY,
        Settlement.REJECT,
        Settlement.EXTEND,
        Settlement.EXTEND
    };

    /** What consumers say of messages that they give back or reject. */
    private static final String[] TEXTS = {null, "", "no such address", "\u00fcber"};

    private int crashes;
    private final SplittableRandom random;
    private final SimulatedClock clock = new SimulatedClock();
    private final SimulatedFileSystem disk;
    private final LocalStoreOptions options;
    private final EngineLimits limits;
    private final SimulationTally tally;
    private final List<ShardLedger> ledgers = new ArrayList<>();
    private final List<QueueClients> queues = new ArrayList<>();
    /** Queues that were dropped in this life; messages of theirs may still be on their way. */
    private final List<QueueClients> dropped = new ArrayList<>();

    /** Those of which it is not known whether they have happened, and those of this life. */
    private final List<CheckedTransaction> transactions = new ArrayList<>();

    private final Set<Long> defined = new HashSet<>();
    private long nextLogId = 1;
    private long nextNumber = 1;
    private long capacityBytes = Long.MAX_VALUE;
    private SimulatedProcess process;
    private SimulatedMoves moves;
    /** Whether faults go on. */
    private boolean isLiving = true;
    /** Of the steps of each life that has ended. */
    private final List<Long> digests = new ArrayList<>();

    EngineSimulation(long seed, SimulationTally tally) {
        this.tally = tally;
        random = new SplittableRandom(seed);
        disk = new SimulatedFileSystem(random.split());
        disk.onOperation(this::note);
        int shards = random.nextInt(1, 5);
        long fileBytes = (8L << random.nextInt(3)) * BLOCK_BYTES;
        long tailBytes = random.nextInt(3) * random.nextLong(64 << 10);
        int spareFiles = random.nextInt(1, 3);
        long journalBytes = random.nextInt(3) * fileBytes;
        limits = new EngineLimits(
                20_000L << random.nextInt(4),
                random.nextInt(4) == 0 ? 10 : 1_000,
                random.nextBoolean() ? EngineLimits.DEFAULT.compactionBytesMax() : 1_000L << random.nextInt(8),
                random.nextInt(1, 20));
        long least = SpaceLimits.bytesMaxLeast(journalBytes, fileBytes, spareFiles, shards, limits.unsyncedBytesMax());
        long bytesMax = random.nextInt(3) == 0 ? least + random.nextInt(20) * fileBytes : Long.MAX_VALUE;
        options = new LocalStoreOptions(
                shards,
                fileBytes,
                spareFiles,
                tailBytes,
                BLOCK_BYTES,
                random.nextInt(3),
                journalBytes,
                new SpaceLimits(bytesMax, random.nextInt(3) * fileBytes, limits.unsyncedBytesMax()));
        for (int shard = 0; shard < shards; shard++) {
            ledgers.add(new ShardLedger(shard));
        }
        for (int i = random.nextInt(1, 5); i > 0; i--) {
            define();
        }
    }

    private void note(DiskOperation operation) {
        boolean ofJournal = operation.path().toString().endsWith(".log");
        if (ofJournal && (operation.kind() == Kind.RENAME || operation.kind() == Kind.DELETE)) {
            tally.trims++;
        }
    }

    SimulatedFileSystem disk() {
        return disk;
    }

    /** Everything that has happened in the lives that have ended, in few words: a seed repeats it. */
    String events() {
        return digests + " " + disk.digest() + " " + tally;
    }

    /** Some lives full of faults, one without, and a last one that finds nothing. */
    void run() throws IOException {
        tally.seeds++;
        for (int lives = random.nextInt(2, 6); lives > 0; lives--) {
            start(3);
            live();
        }
        endFaults();
        start(0);
        drain();
        process.close();
        died();
        start(0);
        queues.forEach(each -> assertThat(each.model().present()).isEmpty());
        process.close();
        died();
    }

    /** Frees what a run that failed still holds. */
    void abandon() throws IOException {
        if (process != null) {
            process.kill();
            died();
        }
    }

    // Lives.

    /** Starts a process, in as many attempts as it takes; up to {@code deathsMax} of them may be killed themselves. */
    private void start(int deathsMax) throws IOException {
        if (random.nextInt(4) == 0) {
            long far = random.nextBoolean() ? HOUR_MILLIS : -HOUR_MILLIS;
            clock.jumpWall(random.nextInt(3) == 0 ? far : random.nextLong(-50_000, 50_000));
        }
        clock.advance(random.nextInt(3) * random.nextLong(5 * SECOND));
        for (int attempt = 0; process == null; attempt++) {
            assertThat(attempt).as("attempts to start").isLessThan(ATTEMPTS_MAX);
            if (attempt < deathsMax && random.nextInt(3) == 0) {
                scheduleDeath(40);
            }
            try {
                start();
            } catch (SimulatedCrash e) {
                tally.interruptedRecoveries++;
                disk.restart();
            } catch (OutOfSpaceException e) {
                tally.failedRecoveries++;
                setCapacity(Long.MAX_VALUE);
            } catch (IOException e) {
                tally.failedRecoveries++;
                disk.faults().clear();
            }
        }
        tally.lives++;
        inspect();
    }

    private void start() throws IOException {
        SimulatedWorld world = new SimulatedWorld(random.split(), clock);
        SimulatedProcess started =
                new SimulatedProcess(
                        disk, options, limits, world, defined, ledgers, random.split(), ScrubOptions.NEVER) {
                    @Override
                    public LengthPolicy lengthPolicy(Shard shard, long logId) {
                        return SimulatedProcess.lengthPolicy(logId);
                    }

                    @Override
                    public DeadLetterPolicy deadLetters(Shard shard, long logId) {
                        QueueClients queue = queueOf(logId);
                        return queue == null ? DeadLetterPolicy.NONE : queue.deadLetters;
                    }

                    @Override
                    public void onDead(Shard shard, DeadLetters messages) {
                        moves.moveDead(queueOf(messages.logId()), messages);
                    }
                };
        ledgers.forEach(ShardLedger::restarted);
        process = started;
        moves = new SimulatedMoves(
                random.split(), tally, limits.unsyncedBytesMax() / 2, isLiving, process::shard, this::beginMove);
        queues.forEach(QueueClients::started);
        assertThat(started.store().report().damages())
                .as("a torn end is no damage")
                .isEmpty();
    }

    /** Looks at everything that is there, and removes the queues that are not defined any more. */
    private void inspect() throws IOException {
        try {
            if (!process.awaitReady() && process.store().failure() == null) {
                giveSpaceBack();
                assertThat(process.awaitReady()).as("the shards start").isTrue();
            }
            if (process.store().failure() != null) {
                return;
            }
            process.recoverTransactions();
            if (!process.awaitRecovered() && process.store().failure() == null) {
                giveSpaceBack();
                assertThat(process.awaitRecovered()).as("transactions end").isTrue();
            }
            if (process.store().failure() != null) {
                return;
            }
            for (QueueClients each : queues) {
                each.inspect(process.shard(each.shard));
            }
            process.world.runUntil(
                    () -> queues.stream().allMatch(each -> each.unanswered().isEmpty()), 100_000);
            boolean isKnown = process.store().failure() == null;
            if (isKnown) {
                transactions.stream().filter(CheckedTransaction::isOpen).forEach(each -> each.found(queues));
                transactions.clear();
                moves.open();
            }
            for (int shard = 0; shard < options.shards(); shard++) {
                Shard each = process.shard(shard);
                each.openLogs().stream().filter(log -> !defined.contains(log)).forEach(each::drop);
                if (isKnown) {
                    each.beginMoving();
                }
            }
        } catch (SimulatedCrash e) {
            tally.interruptedRecoveries++;
            crashed();
            start(0);
        }
    }

    private void live() throws IOException {
        try {
            if (random.nextInt(3) == 0) {
                scheduleDeath(150);
            }
            for (int actions = random.nextInt(150); actions > 0; actions--) {
                act();
                step(random.nextInt(8));
            }
            end();
        } catch (SimulatedCrash e) {
            tally.powerCuts++;
            crashed();
        }
    }

    private void end() throws IOException {
        switch (random.nextInt(4)) {
            case 0 -> {
                boolean hadSpace = process.store().hasSpace();
                process.close();
                // The disk may have become full only now, by what was still to be written.
                if (hadSpace && process.store().hasSpace()) {
                    checkAnswered();
                }
                tally.closes++;
                died();
                // What was closed in peace is on stable storage, whatever happens to the machine afterwards.
                disk.crash(random);
                disk.restart();
            }
            case 1 -> {
                disk.kill();
                tally.kills++;
                crashed();
            }
            default -> {
                disk.crash(random);
                tally.powerCuts++;
                crashed();
            }
        }
    }

    private void crashed() throws IOException {
        assertThat(process.store().damages()).as("damage where there is none").isEmpty();
        process.kill();
        died();
        disk.restart();
        if (++crashes % CRASHES_VERIFIED == 0) {
            assertThat(Verification.damages(disk))
                    .as("damage that a crash has left")
                    .isEmpty();
        }
    }

    private void died() {
        tally.compacted(process.compactions());
        tally.failedJournals += process.store().failure() == null ? 0 : 1;
        tally.runs += process.describedRuns();
        digests.add(process.world.digest());
        process = null;
        transactions.forEach(CheckedTransaction::died);
        queues.forEach(QueueClients::died);
        dropped.forEach(QueueClients::died);
        dropped.clear();
    }

    private void scheduleDeath(int operationsMax) {
        disk.crashAt(disk.operations() + random.nextInt(1, operationsMax));
    }

    // What happens.

    private void act() throws IOException {
        int what = random.nextInt(100);
        if (what < 17) {
            publish(anyQueue());
        } else if (what < 23) {
            publishShared(anyQueue());
        } else if (what < 30) {
            transact();
        } else if (what < 55) {
            receive(anyQueue());
        } else if (what < 75) {
            settle(anyQueue());
        } else if (what < 80) {
            pass(random.nextInt(4) == 0 ? random.nextLong(LEASE_NANOS_MAX) : random.nextLong(SECOND));
        } else if (what < 84) {
            QueueClients queue = anyQueue();
            queue.peek(process.shard(queue.shard));
        } else if (what < 87) {
            QueueClients queue = anyQueue();
            queue.cancelOne(process.shard(queue.shard), random);
        } else if (what < 89) {
            moves.sendBack(anyQueue(), anyQueue());
        } else if (what < 93) {
            quiesce();
        } else {
            actRarely(what);
        }
    }

    private void actRarely(int what) throws IOException {
        QueueClients queue = anyQueue();
        switch (what) {
            case 93 -> queue.purge(process.shard(queue.shard));
            case 94 -> drop(queue);
            case 95 -> define();
            case 96 -> disk.faults().fail(FAULTS[random.nextInt(FAULTS.length)], random.nextInt(1, 30));
            case 97 -> setCapacity(usedBytes() + random.nextLong(2 * options.fileBytes()));
            default -> setCapacity(Long.MAX_VALUE);
        }
    }

    private QueueClients anyQueue() {
        if (queues.isEmpty()) {
            define();
        }
        return queues.get(random.nextInt(queues.size()));
    }

    private void define() {
        long logId = nextLogId++;
        int shard = random.nextInt(options.shards());
        defined.add(logId);
        // Of the older ones: no chain leads back to where it began.
        QueueClients target = queues.isEmpty() || random.nextInt(4) == 0 ? null : anyQueue();
        DeadLetterPolicy policy = target == null
                ? DeadLetterPolicy.NONE
                : new DeadLetterPolicy(true, random.nextInt(2) * random.nextInt(1, 4), random.nextBoolean());
        queues.add(new QueueClients(logId, shard, ledgers.get(shard), clock, tally, policy, target));
    }

    private @Nullable QueueClients queueOf(long logId) {
        return Stream.concat(queues.stream(), dropped.stream())
                .filter(each -> each.logId == logId)
                .findAny()
                .orElse(null);
    }

    private void drop(QueueClients queue) {
        // Where dead letters go to stays there.
        if (random.nextBoolean() && queues.stream().noneMatch(each -> each.target == queue)) {
            defined.remove(queue.logId);
            queues.remove(queue);
            dropped.add(queue);
            process.shard(queue.shard).drop(queue.logId);
            tally.drops++;
        }
    }

    private void publish(QueueClients queue) {
        int kind = random.nextInt(40);
        int count = random.nextInt(3) == 0 ? random.nextInt(1, 12) : 1;
        int messageBytes = kind == 0 ? random.nextInt(8, 60_000 / count) : kind < 5 ? 3_000 : random.nextInt(8, 200);
        queue.publish(process.shard(queue.shard), nextNumber, count, messageBytes, publish -> {
            say(queue, publish);
        });
        nextNumber += count;
    }

    /** The same messages to some queues of the shard that {@code queue} is in, delivered alike or not. */
    private void publishShared(QueueClients queue) {
        int count = random.nextInt(1, 4);
        int messageBytes = random.nextInt(10) == 0 ? 6_000 : random.nextInt(8, 400);
        long attributes = random.nextLong();
        SharedPublish shared = new SharedPublish();
        for (QueueClients each : queues) {
            if (each == queue || (each.shard == queue.shard && random.nextInt(4) > 0)) {
                each.publishIn(shared, nextNumber | PublishProbe.SHARED, count, messageBytes, publish -> {
                    if (random.nextInt(12) == 0) {
                        say(each, publish);
                    } else if (each.logId % 2 == 0) {
                        addAttributes(publish, new SplittableRandom(attributes));
                    }
                });
            }
        }
        nextNumber += count;
        shared.publishTo(process.shard(queue.shard));
    }

    private void say(QueueClients queue, PublishProbe publish) {
        // Every other queue keeps the order of its offsets.
        if (queue.logId % 2 == 0) {
            addAttributes(publish, random);
        }
        if (random.nextInt(3) == 0) {
            publish.key(random.nextInt(1, 8), 1 + random.nextLong(2 * LEASE_NANOS_MAX));
        }
        if (queue.logId % 4 >= 2 && random.nextInt(4) > 0) {
            publish.group(random.nextLong(1, 5));
            tally.grouped++;
        }
    }

    private void transact() {
        CheckedTransaction transaction = new CheckedTransaction(tally);
        List<QueueClients> targets = new ArrayList<>();
        for (int i = random.nextInt(1, 5); i > 0; i--) {
            targets.add(anyQueue());
        }
        QueueClients source = anyQueue();
        Message held = random.nextBoolean() ? source.claim(random) : null;
        Set<Integer> shards = new HashSet<>();
        targets.forEach(each -> shards.add(each.shard));
        if (held != null) {
            shards.add(source.shard);
            transaction.claim(process.shard(source.shard), source, held);
        }
        for (QueueClients each : targets) {
            transaction.add(each.publishIn(
                    transaction,
                    process.shard(each.shard),
                    shards.size() > 1,
                    nextNumber++,
                    publish -> say(each, publish)));
        }
        transactions.add(transaction);
        transaction.run();
    }

    private void beginMove(CheckedMove move) {
        transactions.add(move);
        if (isLiving && random.nextInt(30) == 0) {
            scheduleDeath(15);
        }
    }

    private void addAttributes(PublishProbe publish, SplittableRandom chance) {
        long nowMillis = clock.epochMillis();
        publish.priority(chance.nextInt(3) == 0 ? EntryEnvelope.PRIORITY_NORMAL : chance.nextInt(5) - 2);
        switch (chance.nextInt(8)) {
            case 0, 1 -> {
                publish.delayNanos(1 + chance.nextLong(LEASE_NANOS_MAX));
                tally.delayed++;
            }
            case 2, 3 -> {
                publish.dueMillis(nowMillis + chance.nextLong(-1_000, 20_000));
                tally.dated++;
            }
            default -> {}
        }
        if (chance.nextInt(6) == 0) {
            publish.expiryMillis(nowMillis + chance.nextLong(30_000));
            tally.expiring++;
        }
    }

    private void receive(QueueClients queue) {
        long waitNanos = random.nextInt(3) == 0 ? random.nextLong(5 * SECOND) : 0;
        long leaseNanos = random.nextInt(20) == 0 ? 0 : random.nextLong(LEASE_NANOS_MAX);
        int messagesMax = random.nextInt(1, 15);
        int bytesMax = random.nextInt(1, 5_000);
        boolean isDurable = random.nextBoolean();
        NumberFilter filter = random.nextInt(4) == 0 ? anyFilter() : null;
        queue.receive(process.shard(queue.shard), messagesMax, bytesMax, leaseNanos, waitNanos, isDurable, filter);
    }

    private NumberFilter anyFilter() {
        int each = random.nextInt(2, 5);
        return NumberFilter.of(each, random.nextInt(each));
    }

    private void settle(QueueClients queue) {
        queue.settleSome(process.shard(queue.shard), random, settlement -> {
            for (int i = random.nextInt(1, 8); i > 0; i--) {
                Message held = queue.anyHandle(random);
                if (held != null) {
                    byte action = ACTIONS[random.nextInt(ACTIONS.length)];
                    String text = TEXTS[random.nextInt(TEXTS.length)];
                    settlement.take(held, action, random.nextInt(3) == 0 ? 0 : random.nextLong(LEASE_NANOS_MAX), text);
                }
            }
        });
    }

    private void step(int count) {
        for (int i = 0; i < count && process.world.step(); i++) {
            // Somebody has done something.
        }
    }

    /** Lets time pass; what is due happens in its time, or late. */
    private void pass(long nanos) {
        long end = clock.elapsedNanos() + nanos;
        if (random.nextBoolean()) {
            clock.advance(nanos);
            return;
        }
        while (clock.elapsedNanos() < end) {
            process.runUntilIdle();
            clock.advance(Math.min(end - clock.elapsedNanos(), 1 + random.nextLong(nanos / 8 + 1)));
        }
        process.runUntilIdle();
    }

    /** Lets everybody finish: then all that can be answered is. */
    private void quiesce() {
        process.runUntilIdle();
        if (process.store().failure() == null && !process.store().hasSpace()) {
            tally.fullDisks++;
            if (random.nextBoolean()) {
                giveSpaceBack();
                checkAnswered();
            }
        } else {
            checkAnswered();
            if (process.store().failure() == null) {
                queues.forEach(each -> each.checkLength(process.shard(each.shard)));
                queues.forEach(each -> each.checkWaiting(process.shard(each.shard), limits.leasesPerQueueMax()));
            }
        }
    }

    private void giveSpaceBack() {
        setCapacity(Long.MAX_VALUE);
        clock.advance(2 * SECOND);
        process.runUntilIdle();
    }

    /** Nobody waits for an answer except those who wait for messages. */
    private void checkAnswered() {
        if (queues.stream().anyMatch(each -> each.publishesWait())) {
            // A journal with too many files lets one go when a checkpoint that has failed is tried again.
            tally.waits++;
            clock.advance(2 * SECOND);
            process.runUntilIdle();
        }
        assertThat(transactions).as("transactions").allMatch(CheckedTransaction::isEnded);
        for (QueueClients queue : queues) {
            for (Object each : queue.unanswered()) {
                assertThat(each).isInstanceOfSatisfying(ReceiveProbe.class, receive -> assertThat(receive.waitNanos())
                        .as("it waits for messages")
                        .isPositive());
            }
        }
    }

    private void setCapacity(long bytes) {
        capacityBytes = bytes;
        disk.capacity(bytes);
    }

    private long usedBytes() throws IOException {
        return capacityBytes - disk.usableBytes(SimulatedProcess.DIRECTORY);
    }

    // The end.

    private void endFaults() {
        isLiving = false;
        disk.faults().clear();
        setCapacity(Long.MAX_VALUE);
        disk.crashAt(Long.MAX_VALUE);
    }

    /** When all leases and delays are over, everything that is there comes, and goes with its acknowledgement. */
    private void drain() {
        pass(3 * LEASE_NANOS_MAX);
        for (QueueClients each : queues) {
            long behindMillis = each.model().lastDueMillis() - clock.epochMillis();
            if (behindMillis > 60_000) {
                clock.jumpWall(behindMillis + 1); // it was set back by as much
            } else if (behindMillis >= 0) {
                pass(TimeUnit.MILLISECONDS.toNanos(behindMillis + 1));
            }
        }
        // The wall clock was perhaps set by another process: it is looked at every second.
        pass(2 * SECOND);
        process.runUntilIdle();
        int rounds = 0;
        do {
            assertThat(rounds++).as("rounds until nothing is left").isLessThan(DRAINS_MAX);
            drainOnce();
            // Dead letters are moved when there is space for them; it comes with what was consumed.
            pass(PAUSE_NANOS_MAX);
        } while (queues.stream().anyMatch(each -> !each.model().present().isEmpty()));
        checkAnswered();
        // What is short is looked at every second, and what has failed is tried again.
        pass(5 * SECOND);
        assertThat(process.store().space().refusal())
                .as("why nothing is taken although all was consumed")
                .isEmpty();
        checkNothingIsKept();
    }

    private void drainOnce() {
        // Dead letters go to older queues.
        for (int i = queues.size() - 1; i >= 0; i--) {
            if (random.nextBoolean()) {
                drain(queues.get(i), NumberFilter.of(2, 0));
            }
            drain(queues.get(i), null);
        }
    }

    /** Everything that {@code filter} wants comes, but what waits for others of its group; all where it is null. */
    private void drain(QueueClients queue, @Nullable NumberFilter filter) {
        Set<Long> left = queue.model().present();
        if (filter != null) {
            left.removeIf(each -> !filter.wants(each) || queue.model().isGrouped(each));
        }
        boolean more = true;
        while (more) {
            QueueClients.CheckedReceive receive = queue.receive(
                    process.shard(queue.shard), 10, Integer.MAX_VALUE, LEASE_NANOS_MAX, SECOND, true, filter);
            clock.advance(SECOND / 20);
            process.runUntilIdle();
            clock.advance(2 * SECOND);
            process.runUntilIdle();
            assertThat(receive.refusal()).isNull();
            left.removeAll(receive.numbers());
            more = !receive.messages().isEmpty();
            queue.acknowledge(process.shard(queue.shard), receive.messages());
            process.runUntilIdle();
        }
        // Some may have expired, or died, while others came.
        left.retainAll(queue.model().present());
        left.removeIf(queue.model()::isDead);
        assertThat(left).as("messages that did not come").isEmpty();
    }

    /** Where nothing is left, the journal is given back but for what it needs to go on. */
    private void checkNothingIsKept() {
        if (queues.isEmpty()) {
            return;
        }
        for (int i = 0; i < 3; i++) {
            QueueClients queue = anyQueue();
            Shard shard = process.shard(queue.shard);
            queue.publish(
                    shard,
                    nextNumber,
                    1,
                    (int) Math.min(options.fileBytes() / 2, limits.unsyncedBytesMax()),
                    plain -> {});
            nextNumber++;
            process.runUntilIdle();
            QueueClients.CheckedReceive receive = queue.receive(shard, 1, 1, LEASE_NANOS_MAX, 0, false);
            process.runUntilIdle();
            queue.acknowledge(shard, receive.messages());
            process.runUntilIdle();
        }
        assertThat(process.store().journalBytes())
                .as("bytes of journal files that are kept")
                .isLessThanOrEqualTo(3 * options.fileBytes());
    }
}
