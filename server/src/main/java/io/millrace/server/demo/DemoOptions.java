package io.millrace.server.demo;

import java.nio.file.Path;
import java.util.List;

/**
 * What the demo is to do. Immutable; any thread.
 *
 * @param folders where to find files: the first, and the next ones if it has too few
 * @param files how many files to work on
 * @param fileBytesMax files that are larger are left out
 * @param workers how many worker processes there are
 * @param storage further flags of the broker, which say where it stores
 * @param keep whether the data directory stays when the demo is over
 */
record DemoOptions(List<Path> folders, int files, long fileBytesMax, int workers, List<String> storage, boolean keep) {
    private static final int BATCH_MAX = 32;
    private static final int BATCHES_PER_WORKER_MIN = 50;

    /**
     * How many of {@code jobs} a worker takes at a time: few where there are few, so that there is something to watch.
     */
    int batch(int jobs) {
        return Math.max(1, Math.min(BATCH_MAX, jobs / (workers * BATCHES_PER_WORKER_MIN)));
    }
}
