package io.millrace.broker;

import io.millrace.broker.RoutedPublish.Part;
import io.millrace.broker.RoutedPublish.Stored;
import io.millrace.broker.SpreadPublish.Share;
import io.millrace.broker.catalog.CatalogSnapshot;
import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.broker.message.NativeBatch;
import io.millrace.broker.message.SharedMessage;
import io.millrace.broker.routing.Exchange;
import io.millrace.broker.topic.Topic;
import io.millrace.engine.Refusal;
import io.millrace.engine.SharedPublish;
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
 * One publish to an exchange or a topic: its messages spread over queues and partitions, one publish for each of them,
 * answered when all of these are. Built by the publisher's thread; outcomes come on the loops of the logs' shards.
 */
final class FanOut {
    private final Broker broker;
    private final SpreadPublish spread;
    private final CompletableFuture<List<List<Stored>>> answer = new CompletableFuture<>();
    private final AtomicInteger waiting = new AtomicInteger();
    // Written before the count of those that wait is lowered, read after it is zero.
    private boolean isRefused;

    private FanOut(Broker broker, SpreadPublish spread) {
        this.broker = broker;
        this.spread = spread;
    }

    /** Routes {@code publish} and stores it; what is too large is refused before anything is stored. */
    static CompletableFuture<List<List<Stored>>> begin(
            Broker broker, CatalogSnapshot snapshot, Exchange exchange, RoutedPublish publish) {
        SpreadPublish spread = new SpreadPublish(broker.topics());
        try {
            if (snapshot.routing().exchange(exchange.id()) == null) {
                throw new BrokerException(
                        BrokerError.EXCHANGE_NOT_FOUND, "there is no exchange " + exchange.name() + " any more");
            }
            for (Part each : publish.parts()) {
                List<DefinedLog> logs = spread.logs(
                        snapshot.route(exchange, each.routed()), each.message().properties());
                logs.forEach(log -> broker.checkSize(log, each.message().bytes()));
                spread.add(logs, each.message());
            }
        } catch (IllegalArgumentException e) {
            spread.release();
            throw new BrokerException(BrokerError.INVALID, String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            spread.release();
            throw e;
        } finally {
            publish.release();
        }
        return new FanOut(broker, spread).publish();
    }

    /** Stores {@code publish} in partitions of {@code topic}; what is wrong with it is said before that. */
    static CompletableFuture<List<List<Stored>>> begin(Broker broker, Topic topic, TopicPublish publish) {
        return new FanOut(broker, broker.topics().spread(topic, publish)).publish();
    }

    private CompletableFuture<List<List<Stored>>> publish() {
        spread.finish(Entry::new);
        int entries = 0;
        Map<Integer, List<Share>> byShard = new TreeMap<>();
        for (Share each : spread.shares()) {
            entries += each.publishes().size();
            byShard.computeIfAbsent(each.log().shard(), shard -> new ArrayList<>())
                    .add(each);
        }
        waiting.set(entries);
        if (entries == 0) {
            onAllAnswered();
        }
        // A loop is woken once for all the logs of a shard.
        for (List<Share> each : byShard.values()) {
            List<List<Share>> alike = alike(each);
            broker.onLoopOf(each.get(0).log(), () -> alike.forEach(this::publish));
        }
        return answer;
    }

    /** Queues that get the same messages together, and partitions alone, all of one shard. */
    private static List<List<Share>> alike(List<Share> shares) {
        Map<List<SharedMessage>, List<Share>> queues = new LinkedHashMap<>();
        List<List<Share>> alike = new ArrayList<>();
        for (Share each : shares) {
            if (each.log() instanceof QueueDefinition) {
                queues.computeIfAbsent(each.messages(), messages -> new ArrayList<>(1))
                        .add(each);
            } else {
                alike.add(List.of(each));
            }
        }
        alike.addAll(queues.values());
        return alike;
    }

    /** On the loop of their shard: each of the messages is stored once for all of them, as far as that goes. */
    private void publish(List<Share> alike) {
        Share first = alike.get(0);
        if (alike.size() == 1 || first.publishes().size() > 1) {
            // Several publishes to one log are a transaction.
            alike.forEach(each -> broker.publish(each.log(), each.publishes()));
            return;
        }
        SharedPublish shared = new SharedPublish();
        for (Share each : alike) {
            NotedPublish publish = each.publishes().get(0);
            broker.prepare(each.log(), publish);
            shared.add(each.log().logId(), publish);
        }
        shared.publishTo(broker.shard(first.log()));
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
        List<List<Stored>> stored = new ArrayList<>(spread.count());
        for (int i = 0; i < spread.count(); i++) {
            stored.add(spread.stored(i));
        }
        answer.complete(stored);
    }

    /** What to tell where some log refused; what was removed meanwhile has left the exchange before. */
    private @Nullable BrokerException refused() {
        BrokerException first = null;
        int others = 0;
        for (Share each : spread.shares()) {
            Refusal refusal = refusal(each);
            if (refusal == null) {
                others++;
            } else if (first == null && refusal != Refusal.QUEUE_NOT_FOUND) {
                BrokerException reason = broker.refused(refusal, each.log());
                first = new BrokerException(reason.error(), each.log().title() + ": " + reason.getMessage());
            }
        }
        if (first == null || others == 0) {
            return first;
        }
        return new BrokerException(
                first.error(),
                first.getMessage() + "; " + others + " other queues or partitions have taken the messages, and take"
                        + " them again when they are sent again, unless they have deduplication ids");
    }

    /** Why some publish of {@code share} was refused. */
    private static @Nullable Refusal refusal(Share share) {
        return share.publishes().stream()
                .map(NotedPublish::refusal)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    /** Messages of one log that are stored together. Noted before the count of those that wait is lowered. */
    private final class Entry extends NotedPublish {
        Entry(NativeBatch batch) {
            super(batch);
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
