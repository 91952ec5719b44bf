package io.millrace.engine;

import io.millrace.engine.policy.Durability;
import io.millrace.engine.queue.Queue;
import io.millrace.storage.ShardLog;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Answers what is asked of queues that do not wait for stable storage ({@link Durability}), as soon as they want it
 * answered. Whatever else waits for the sync of such a record, as deliveries do, waits all the same. Part of a shard;
 * the loop's.
 */
final class EarlyAnswers {
    private final Shard shard;
    private final ShardLog log;
    /** The queues that do not wait for stable storage; most shards have none. */
    private final Map<Queue, Durability> early = new HashMap<>();

    private List<Completion> appended = new ArrayList<>();
    private List<Completion> spare = new ArrayList<>();
    private final PendingCompletions unwritten = new PendingCompletions();
    private boolean isListening;

    EarlyAnswers(Shard shard, ShardLog log) {
        this.shard = shard;
        this.log = log;
    }

    /** Asks what {@code queue} waits for. */
    void askPolicy(Queue queue) {
        Durability durability = shard.host().durability(shard, queue.log().id());
        if (durability == Durability.SYNCED) {
            early.remove(queue);
            return;
        }
        early.put(queue, durability);
        if (durability == Durability.OS && !isListening) {
            isListening = true;
            log.whenWritten(this::onWritten);
        }
    }

    /** {@code queue} is dropped. */
    void forget(Queue queue) {
        early.remove(queue);
    }

    /** Has {@code completion} of {@code queue}, whose record is at {@code position}, answered when it is time. */
    void await(Queue queue, long position, Completion completion) {
        shard.await(position, completion);
        Durability durability = early.isEmpty() ? null : early.get(queue);
        if (durability == Durability.MEMORY) {
            appended.add(completion);
        } else if (durability == Durability.OS) {
            unwritten.add(position, completion);
        }
    }

    /** Answers those that wait for nothing; what their clients ask for next has a turn of its own. */
    void answerAppended() {
        if (appended.isEmpty()) {
            return;
        }
        List<Completion> answered = appended;
        appended = spare;
        answered.forEach(this::answer);
        answered.clear();
        spare = answered;
    }

    /** The system has all records below {@code position}. */
    void onWritten(long position) {
        for (Completion next = unwritten.poll(position); next != null; next = unwritten.poll(position)) {
            answer(next);
        }
    }

    private void answer(Completion completion) {
        try {
            completion.onAnswerable();
        } catch (Throwable e) {
            shard.host().onFault(shard, e);
        }
    }
}
