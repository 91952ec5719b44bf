package io.millrace.engine.read;

import io.millrace.base.Check;
import io.millrace.storage.ReadBatch;
import io.millrace.storage.RegionChoice;
import io.millrace.storage.ShardLog;
import org.jspecify.annotations.Nullable;

/**
 * The reads of a shard that are under way. An entry that is moved while it is read is still read where it was, so
 * storage must not get that place back before the read has ended. Part of a shard; the loop's.
 */
public final class ShardReads {
    private final ShardLog log;
    /** Grows when somebody begins to wait. */
    private long generation;
    /** Reads of this generation, and of the one before. */
    private int underWay;

    private int underWayBefore;
    private @Nullable Runnable whenEnded;

    /** Will read in {@code log} and in its segments. */
    public ShardReads(ShardLog log) {
        this.log = log;
    }

    /** A read whose end this hears of. */
    abstract static class Read extends ReadBatch {
        private @Nullable ShardReads begun;
        private long generation;

        /** One of which everything comes in memory. */
        Read() {
            this(null);
        }

        /** One of which that comes as a region which {@code regions} says; null for none. */
        Read(@Nullable RegionChoice regions) {
            super(regions);
        }

        /** Called on the shard's loop when every record was given or failed. */
        abstract void onRead();

        @Override
        public final void onComplete() {
            try {
                onRead();
            } finally {
                Check.notNull(begun, "it was begun").ended(this);
            }
        }
    }

    void begin(Read read) {
        read.begun = this;
        read.generation = generation;
        underWay++;
        log.read(read);
    }

    private void ended(Read read) {
        if (read.generation == generation) {
            underWay--;
            return;
        }
        underWayBefore--;
        runIfEnded();
    }

    /** Runs {@code then} when all reads that have begun by now have ended. One at a time. */
    public void whenEnded(Runnable then) {
        Check.that(whenEnded == null, "one waits at a time");
        whenEnded = then;
        generation++;
        underWayBefore = underWay;
        underWay = 0;
        runIfEnded();
    }

    private void runIfEnded() {
        Runnable then = whenEnded;
        if (underWayBefore == 0 && then != null) {
            whenEnded = null;
            then.run();
        }
    }
}
