package io.millrace.storage.local;

import io.millrace.storage.ShardLog;
import io.millrace.storage.TrimCheckpoint;

/** Trims a log, one checkpoint after the other. */
final class Trims {
    private final ShardLog log;
    private long wanted = -1;
    private boolean underWay;

    Trims(ShardLog log) {
        this.log = log;
    }

    void trim(long position) {
        wanted = Math.max(wanted, position);
        if (!underWay) {
            underWay = true;
            long stated = wanted;
            log.checkpoint(new TrimCheckpoint(stated, () -> {
                underWay = false;
                if (wanted > stated) {
                    trim(wanted);
                }
            }));
        }
    }
}
