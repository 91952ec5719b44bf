package io.millrace.engine.segment;

import io.millrace.engine.context.ShardContext;
import io.millrace.storage.ShardLog;
import io.millrace.storage.segment.WriteRunsJob;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Jobs that write segments which are of use only together: when all have ended it is told once, with the reason of the
 * first that failed; then what the others wrote is deleted. Part of a shard; the loop's.
 */
public final class JobGroup {
    private final ShardContext context;
    private final ShardLog log;
    private final List<? extends WriteRunsJob> jobs;
    private final Consumer<@Nullable IOException> whenEnded;
    private @Nullable IOException failure;
    private int left;

    /** A group of {@code jobs}, each of which calls {@link #ended} with its outcome. */
    public JobGroup(
            ShardContext context,
            ShardLog log,
            List<? extends WriteRunsJob> jobs,
            Consumer<@Nullable IOException> whenEnded) {
        this.context = context;
        this.log = log;
        this.jobs = jobs;
        this.whenEnded = whenEnded;
        this.left = jobs.size();
    }

    /** Has all of them done; where there is none, it has ended. */
    public void submit() {
        if (jobs.isEmpty()) {
            whenEnded.accept(null);
        }
        jobs.forEach(log::submit);
    }

    /** A job has ended; {@code reason} is null where it was done. */
    public void ended(@Nullable IOException reason) {
        if (failure == null) {
            failure = reason;
        }
        if (--left > 0 || context.isRefusing()) {
            return;
        }
        if (failure != null) {
            jobs.forEach(each -> log.submit(new SegmentRemoval(each.segment())));
        }
        whenEnded.accept(failure);
    }
}
