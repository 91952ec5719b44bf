package io.millrace.server.demo;

import java.util.List;

/**
 * A point at which processes are killed. Immutable; any thread.
 *
 * @param published whether {@code share} is of the jobs that are published, else of those that are worked on
 * @param share how far that has to be, 0 to 1
 * @param broker whether the broker is killed
 * @param worker the worker that is killed; {@link #NONE} where none is
 */
record Kill(boolean published, double share, boolean broker, int worker) {
    static final int NONE = -1;

    /** When the demo kills what: each of the workers in turn, the broker more than once, and both together. */
    static List<Kill> plan(int workers) {
        return List.of(
                new Kill(true, 0.5, true, NONE),
                new Kill(false, 0.15, false, 0),
                new Kill(false, 0.35, true, NONE),
                new Kill(false, 0.55, false, 1 % workers),
                new Kill(false, 0.75, true, 2 % workers));
    }

    boolean isDue(double publishedShare, double workedShare) {
        return (published ? publishedShare : workedShare) >= share;
    }
}
