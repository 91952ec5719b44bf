package io.millrace.storage;

import java.io.IOException;
import java.util.List;

/**
 * Trims a log for an owner that needs nothing but the records from one position on: one checkpoint after the other,
 * each with the highest position that was asked for meanwhile. On the loop of the log.
 */
public final class Trims {
    private static final byte[] NOTHING = {};

    private final ShardLog log;
    private long wanted = -1;
    private long stated = -1;
    private boolean underWay;

    /** Trims {@code log}. */
    public Trims(ShardLog log) {
        this.log = log;
    }

    /** States that nothing below {@code position} is needed, now or when the statement before is answered. */
    public void trim(long position) {
        wanted = Math.max(wanted, position);
        stateNext();
    }

    private void stateNext() {
        if (!underWay && wanted > stated) {
            log.checkpoint(new Statement(wanted));
            underWay = true;
            stated = wanted;
        }
    }

    private final class Statement extends Checkpoint {
        Statement(long replayFrom) {
            super(replayFrom, List.of(), NOTHING);
        }

        @Override
        public void onStored() {
            underWay = false;
            stateNext();
        }

        /** The next call of {@link #trim} says it again: there may be space then. */
        @Override
        public void onFailed(IOException reason) {
            underWay = false;
            stated = -1;
        }
    }
}
