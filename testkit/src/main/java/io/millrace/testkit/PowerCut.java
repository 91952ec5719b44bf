package io.millrace.testkit;

import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Decides, for one power cut, what outlives it. Half of the cuts treat everything alike, the others each file and each
 * directory in its own way. Not safe for threads.
 */
final class PowerCut {
    static final int SECTOR_BYTES = 512;

    /** One in so many surviving pieces is torn. */
    private static final int TORN_ONE_IN = 8;

    private final RandomGenerator random;
    private final Survival survival;
    private final boolean alike;

    private PowerCut(RandomGenerator random, Survival survival, boolean alike) {
        this.random = random;
        this.survival = survival;
        this.alike = alike;
    }

    /** Everything that is left to chance, drawn from {@code random}. */
    static PowerCut any(RandomGenerator random) {
        return new PowerCut(random, Survival.any(random), random.nextBoolean());
    }

    /** A cut with this outcome for every file and directory. */
    static PowerCut with(Survival survival, RandomGenerator random) {
        return new PowerCut(random, survival, true);
    }

    /** Makes of {@code changes} what survives in {@code image}; returns the length of the file after the cut. */
    long apply(List<FileChange> changes, PagedBytes image, long durableLength) {
        Lottery lottery = lottery(changes.size());
        long length = durableLength;
        for (FileChange change : changes) {
            length = switch (lottery.draw()) {
                case LOST -> length;
                case WHOLE -> change.applyTo(image, length);
                case TORN -> change.truncation ? change.applyTo(image, length) : torn(change, image, length);
                case SECTORS -> sectors(change, image, length, lottery.chance);
            };
        }
        image.cut(length);
        return length;
    }

    /** Decisions about one file or directory with so many changes. */
    Lottery lottery(int changes) {
        return new Lottery(alike ? survival : Survival.any(random), changes);
    }

    /** The beginning of a write, or its end. */
    private long torn(FileChange write, PagedBytes image, long length) {
        long middle = between(write.from, write.to);
        if (random.nextBoolean()) {
            image.copyFrom(write.bytes, write.from, middle);
            return Math.max(length, random.nextBoolean() ? middle : write.to);
        }
        image.copyFrom(write.bytes, middle, write.to);
        return Math.max(length, write.to);
    }

    /** Each sector by its own luck, and the length by its own: anything up to the end of the write. */
    private long sectors(FileChange change, PagedBytes image, long length, double chance) {
        if (change.truncation) {
            return random.nextDouble() < chance ? change.applyTo(image, length) : length;
        }
        for (long at = change.from; at < change.to; ) {
            long end = Math.min(change.to, (at / SECTOR_BYTES + 1) * SECTOR_BYTES);
            if (random.nextDouble() < chance) {
                boolean torn = random.nextInt(TORN_ONE_IN) == 0;
                image.copyFrom(change.bytes, torn ? between(at, end) : at, end);
            }
            at = end;
        }
        if (change.to <= length || random.nextInt(3) == 0) {
            return length;
        }
        return random.nextBoolean() ? change.to : between(length, change.to);
    }

    private long between(long from, long to) {
        return from >= to ? from : random.nextLong(from, to + 1);
    }

    enum Fate {
        LOST,
        WHOLE,
        TORN,
        SECTORS
    }

    /** The fates of the changes of one file or directory, drawn in their order. */
    final class Lottery {
        final double chance = random.nextDouble();
        private final Survival way;
        /** Of {@link Survival#PREFIX}: the number of the change that is torn. */
        private final int cut;

        private int drawn;

        private Lottery(Survival way, int changes) {
            this.way = way;
            this.cut = random.nextInt(changes + 1);
        }

        Fate draw() {
            int number = drawn++;
            return switch (way) {
                case NOTHING -> Fate.LOST;
                case EVERYTHING -> Fate.WHOLE;
                case PREFIX -> number < cut ? Fate.WHOLE : number == cut ? Fate.TORN : Fate.LOST;
                case CHANGES ->
                    random.nextDouble() >= chance
                            ? Fate.LOST
                            : random.nextInt(TORN_ONE_IN) == 0 ? Fate.TORN : Fate.WHOLE;
                case SECTORS -> Fate.SECTORS;
            };
        }

        /** The fate of a change that cannot be torn, such as that of a name. */
        boolean drawsSurvival() {
            return switch (draw()) {
                case LOST -> false;
                case WHOLE -> true;
                case TORN, SECTORS -> random.nextBoolean();
            };
        }
    }
}
