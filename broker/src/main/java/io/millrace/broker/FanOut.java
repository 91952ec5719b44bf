package io.millrace.broker;

import io.millrace.broker.RoutedPublish.Part;
import io.millrace.broker.RoutedPublish.Stored;
import io.millrace.broker.catalog.CatalogSnapshot;
import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.broker.message.NativeBatch;
import io.millrace.broker.message.SharedMessage;
import io.millrace.broker.routing.Exchange;
import io.millrace.engine.Refusal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One publish to an exchange: spreads its messages over queues, one publish for each queue, and answers when all of
 * these are. Built by the publisher's thread; outcomes come on the loops of the queues' shards.
 */
final class FanOut {
    private final Broker broker;
    private final CompletableFuture<List<List<Stored>>> answer = new CompletableFuture<>();
    /** What each queue is given, by its log. */
    private final Map<Long, Share> shares = new LinkedHashMap<>();
    /** For each message where it is. */
    private final List<List<Place>> places = new ArrayList<>();

    private final AtomicInteger waiting = new AtomicInteger();
    // Written before the count of those that wait is lowered, read after it is zero.
    private boolean isRefused;

    /** Message {@code index} of a batch of a share. */
    private record Place(Share share, int batch, int index) {
        Entry entry() {
            return share.entries.get(batch);
        }
    }

    private FanOut(Broker broker) {
        this.broker = broker;
    }

    /** Routes {@code publish} and stores it; what is too large is refused before anything is stored. */
    static CompletableFuture<List<List<Stored>>> begin(
            Broker broker, CatalogSnapshot snapshot, Exchange exchange, RoutedPublish publish) {
        FanOut fanOut = new FanOut(broker);
        try {
            if (snapshot.routing().exchange(exchange.id()) == null) {
                throw new BrokerException(
                        BrokerError.EXCHANGE_NOT_FOUND, "there is no exchange " + exchange.name() + " any more");
            }
            for (Part each : publish.parts()) {
                fanOut.spread(snapshot.route(exchange, each.routed()), each.message());
            }
        } catch (IllegalArgumentException e) {
            fanOut.shares.values().forEach(Share::release);
            throw new BrokerException(BrokerError.INVALID, String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            fanOut.shares.values().forEach(Share::release);
            throw e;
        } finally {
            publish.release();
        }
        return fanOut.publish();
    }

    private void spread(List<QueueDefinition> queues, SharedMessage message) {
        queues.forEach(queue -> broker.checkSize(queue, message.bytes()));
        List<Place> here = new ArrayList<>(queues.size());
        for (QueueDefinition queue : queues) {
            here.add(shares.computeIfAbsent(queue.logId(), log -> new Share(queue))
                    .add(message));
        }
        places.add(here);
    }

    private CompletableFuture<List<List<Stored>>> publish() {
        int entries = 0;
        Map<Integer, List<Share>> byShard = new TreeMap<>();
        for (Share each : shares.values()) {
            each.finish();
            entries += each.entries.size();
            byShard.computeIfAbsent(each.queue.shard(), shard -> new ArrayList<>())
                    .add(each);
        }
        waiting.set(entries);
        if (entries == 0) {
            onAllAnswered();
        }
        // A loop is woken once for all the queues of a shard.
        for (List<Share> each : byShard.values()) {
            broker.onLoopOf(each.get(0).queue, () -> each.forEach(share -> broker.publish(share.queue, share.entries)));
        }
        return answer;
    }

    private void onOutcome() {
        if (waiting.decrementAndGet() == 0) {
            onAllAnswered();
        }
    }

    private void onAllAnswered() {
        BrokerException refused = isRefused ? refused() : null;
        if (refused != null) {
            answer.completeExceptionally(refused);
            return;
        }
        List<List<Stored>> stored = new ArrayList<>(places.size());
        for (List<Place> each : places) {
            stored.add(stored(each));
        }
        answer.complete(stored);
    }

    private static List<Stored> stored(List<Place> ofMessage) {
        List<Stored> stored = new ArrayList<>(ofMessage.size());
        for (Place each : ofMessage) {
            Entry entry = each.entry();
            if (entry.refusal() == null) {
                stored.add(entry.stored(each.index));
            }
        }
        return stored;
    }

    /** What to tell where some queue refused; one that was removed meanwhile has left the exchange before. */
    private @Nullable BrokerException refused() {
        BrokerException first = null;
        int others = 0;
        for (Share each : shares.values()) {
            Refusal refusal = each.refusal();
            if (refusal == null) {
                others++;
            } else if (first == null && refusal != Refusal.QUEUE_NOT_FOUND) {
                BrokerException reason = broker.refused(refusal, each.queue);
                first = new BrokerException(
                        reason.error(), "queue " + each.queue.queue().name() + ": " + reason.getMessage());
            }
        }
        if (first == null || others == 0) {
            return first;
        }
        return new BrokerException(
                first.error(),
                first.getMessage() + "; " + others + " other queues have taken the messages, and take them again when"
                        + " they are sent again, unless they have deduplication ids");
    }

    /** What one queue is given. */
    private final class Share {
        private final QueueDefinition queue;
        private final List<NativeBatch> batches = new ArrayList<>(1);
        private final List<Entry> entries = new ArrayList<>(1);

        Share(QueueDefinition queue) {
            this.queue = queue;
        }

        Place add(SharedMessage message) {
            int last = batches.size() - 1;
            if (last < 0 || !batches.get(last).takes(message.attributes(), message.properties())) {
                batches.add(new NativeBatch(message.attributes()));
                last++;
            }
            NativeBatch batch = batches.get(last);
            batch.add(message);
            return new Place(this, last, batch.count() - 1);
        }

        /** No more messages come. */
        void finish() {
            batches.forEach(batch -> entries.add(new Entry(queue, batch)));
        }

        void release() {
            batches.forEach(NativeBatch::release);
        }

        /** Why some entry was refused. */
        @Nullable
        Refusal refusal() {
            return entries.stream()
                    .map(Entry::refusal)
                    .filter(Objects::nonNull)
                    .findFirst()
                    .orElse(null);
        }
    }

    /** Messages of one queue that are stored together. Noted before the count of those that wait is lowered. */
    private final class Entry extends NotedPublish {
        private final QueueDefinition queue;

        Entry(QueueDefinition queue, NativeBatch batch) {
            super(batch);
            this.queue = queue;
        }

        Stored stored(int index) {
            return new Stored(queue, firstOffset() + index, isDuplicate());
        }

        @Override
        protected void onNoted() {
            if (refusal() != null) {
                isRefused = true;
            }
            onOutcome();
        }
    }
}
