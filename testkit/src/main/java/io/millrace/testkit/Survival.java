package io.millrace.testkit;

import java.util.random.RandomGenerator;

/** What of the un-synced changes of one file, or of one directory, a power cut leaves on the disk. */
public enum Survival {
    /** Nothing that was not synced. */
    NOTHING,
    /** All of it: the disk wrote everything back before the cut. */
    EVERYTHING,
    /** The changes up to some moment, the last one torn. */
    PREFIX,
    /** Any of the changes, each whole or torn, whatever their order was. */
    CHANGES,
    /** Any of the sectors of any of the changes, some torn inside. */
    SECTORS;

    private static final Survival[] ALL = values();

    static Survival any(RandomGenerator random) {
        return ALL[random.nextInt(ALL.length)];
    }
}
