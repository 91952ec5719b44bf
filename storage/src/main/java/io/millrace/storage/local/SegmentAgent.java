package io.millrace.storage.local;

import io.millrace.base.Agent;
import io.millrace.base.file.FileSystem;
import io.millrace.base.file.OutOfSpaceException;
import io.millrace.storage.Checkpoint;
import io.millrace.storage.SegmentJob;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The agent that works on segments and checkpoints. Jobs take turns, a step each; checkpoints go first, and all that
 * wait share the syncs of the directory.
 */
final class SegmentAgent implements Agent {
    private final LocalStore store;
    private final FileSystem fileSystem;
    private final Path directory;
    private final LiveFiles files;
    private final AdoptedFiles adopted;
    private final List<LocalSegmentStore> segments;
    private final Queue<Submitted> submitted = new ConcurrentLinkedQueue<>();
    private final ArrayDeque<Submitted> running = new ArrayDeque<>();
    private final Queue<Stated> stated = new ConcurrentLinkedQueue<>();

    private volatile boolean closing;
    private volatile @Nullable BackupHold hold;

    private record Submitted(LocalShardLog log, SegmentJob job) {}

    private record Stated(LocalShardLog log, Checkpoint checkpoint) {}

    SegmentAgent(
            LocalStore store,
            FileSystem fileSystem,
            Path directory,
            LiveFiles files,
            AdoptedFiles adopted,
            List<LocalSegmentStore> segments) {
        this.store = store;
        this.fileSystem = fileSystem;
        this.directory = directory;
        this.files = files;
        this.adopted = adopted;
        this.segments = segments;
    }

    /** Asks for a job. Any thread; the caller raises the signal. */
    void submit(LocalShardLog log, SegmentJob job) {
        submitted.add(new Submitted(log, job));
    }

    /** Asks for a checkpoint. Any thread; the caller raises the signal. */
    void submit(LocalShardLog log, Checkpoint checkpoint) {
        stated.add(new Stated(log, checkpoint));
    }

    /** Has {@code asked} take what is in force; no manifest is replaced meanwhile. The caller raises the signal. */
    void submit(BackupHold asked) {
        hold = asked;
    }

    @Override
    public boolean work() {
        if (store.failure() != null) {
            return false;
        }
        for (Submitted each = submitted.poll(); each != null; each = submitted.poll()) {
            running.add(each);
        }
        try {
            if (!isHeld() && writeCheckpoints()) {
                return true;
            }
        } catch (IOException e) {
            // The old and the new one may both be on disk: nobody knows what may go.
            store.fail(e);
            return false;
        }
        return !closing && stepJob();
    }

    private boolean isHeld() {
        BackupHold asked = hold;
        if (asked == null) {
            return false;
        }
        if (asked.isMomentOver()) {
            hold = null;
            return false;
        }
        if (asked.takeManifests()) {
            store.holdJournal(asked);
        }
        return true;
    }

    /** Has it do no more steps: a job may take long. Any thread. */
    void beginClose() {
        closing = true;
    }

    private boolean stepJob() {
        Submitted next = running.poll();
        if (next == null) {
            return false;
        }
        try {
            if (next.job.step(segments.get(next.log.shard()))) {
                answer(next.log, next.job::onDone);
            } else {
                running.add(next);
            }
        } catch (IOException e) {
            next.job.abandon();
            store.spaceGuard().movingFailed(next.log.shard(), e);
            answer(next.log, () -> next.job.onFailed(e));
        } catch (OutOfMemoryError e) {
            next.job.abandon();
            answer(next.log, () -> next.job.onFailed(new IOException("no memory for work on segments", e)));
        } catch (Throwable e) {
            running.add(next); // what it has begun is ended when this agent is
            throw e;
        }
        return true;
    }

    private boolean writeCheckpoints() throws IOException {
        List<Stated> batch = new ArrayList<>();
        boolean any = false;
        for (Stated each = stated.poll(); each != null; each = stated.poll()) {
            any = true;
            if (prepare(each)) {
                batch.add(each);
            }
        }
        if (batch.isEmpty()) {
            return any;
        }
        for (Stated each : batch) {
            ManifestFile.publish(fileSystem, directory, each.log.shard());
        }
        fileSystem.syncDirectory(directory);
        for (Stated each : batch) {
            each.log.publishCheckpoint(each.checkpoint);
            store.spaceGuard().moved(each.log.shard());
            answerCheckpoint(each.log, each.checkpoint::onStored);
        }
        store.trimRequested();
        return true;
    }

    private boolean prepare(Stated stated) throws IOException {
        Checkpoint checkpoint = stated.checkpoint;
        int shard = stated.log.shard();
        try {
            new ManifestFile(
                            checkpoint.replayFrom(),
                            adopted.withFiles(shard, checkpoint.adopted(), files),
                            checkpoint.manifest())
                    .prepare(fileSystem, directory, store.identity().id(), shard);
            return true;
        } catch (OutOfSpaceException e) {
            store.spaceGuard().movingFailed(shard, e);
            answerCheckpoint(stated.log, () -> checkpoint.onFailed(e));
            return false;
        }
    }

    private static void answerCheckpoint(LocalShardLog log, Runnable outcome) {
        answer(log, () -> {
            log.checkpointAnswered();
            outcome.run();
        });
    }

    private static void answer(LocalShardLog log, Runnable outcome) {
        try {
            log.loop().execute(outcome);
        } catch (RejectedExecutionException e) {
            // The loop has ended, and with it the owner of the log.
        }
    }

    /** Abandons what is not done. After the agent has ended. */
    void close() {
        for (Submitted each = submitted.poll(); each != null; each = submitted.poll()) {
            running.add(each);
        }
        running.forEach(each -> each.job.abandon());
        running.clear();
    }
}
