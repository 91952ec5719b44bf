package io.millrace.broker;

import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.broker.message.DeliveryAttributes;
import io.millrace.broker.message.MessageHistory;
import io.millrace.broker.message.MessageProperties;
import io.millrace.broker.message.MessageView;
import io.millrace.broker.message.NativeBatch;
import io.millrace.broker.routing.Exchange;
import io.millrace.broker.security.Principal;
import io.millrace.engine.Deliveries;
import io.millrace.engine.Purge;
import io.millrace.engine.QueueStats;
import io.millrace.engine.Receive;
import io.millrace.engine.Refusal;
import io.millrace.engine.Settlement;
import io.millrace.engine.policy.EngineLimits;
import io.millrace.storage.local.LocalStoreOpener;
import io.millrace.storage.local.LocalStoreOptions;
import io.millrace.storage.local.ScrubOptions;
import io.millrace.testkit.DiskOperation;
import io.millrace.testkit.SimulatedAgentHost;
import io.millrace.testkit.SimulatedFileSystem;
import io.millrace.testkit.SimulatedWorld;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A broker in a simulated world, with calls that run the world until they are answered. */
final class BrokerRig implements AutoCloseable {
    static final Principal ANYBODY = Principal.ANONYMOUS;

    private static final long STEPS_MAX = 1_000_000;

    final SimulatedFileSystem disk;
    final SimulatedWorld world;
    private final Random random;
    private final LocalStoreOptions store;
    private final EngineLimits limits;
    Broker broker;

    BrokerRig(long seed, LocalStoreOptions store) throws IOException {
        this(seed, store, EngineLimits.DEFAULT);
    }

    BrokerRig(long seed, LocalStoreOptions store, EngineLimits limits) throws IOException {
        this.limits = limits;
        this.random = new Random(seed);
        this.store = store;
        this.disk = new SimulatedFileSystem(random);
        this.world = new SimulatedWorld(random);
        this.broker = open();
    }

    static BrokerRig small() throws IOException {
        return small(EngineLimits.DEFAULT);
    }

    static BrokerRig small(EngineLimits limits) throws IOException {
        return new BrokerRig(
                1,
                LocalStoreOptions.DEFAULT
                        .withSizes(256 << 10, 64 << 10, 16 << 10)
                        .withJournalBytes(512 << 10)
                        .withShards(4),
                limits);
    }

    /** Small files, and as many shards as {@code random} says; what happens is drawn from it too. */
    static BrokerRig ofAnyShape(SplittableRandom random) throws IOException {
        LocalStoreOptions store = LocalStoreOptions.DEFAULT
                .withSizes(256 << 10, 64 << 10, 16 << 10)
                .withJournalBytes(512 << 10)
                .withShards(random.nextInt(1, 5));
        return new BrokerRig(random.nextLong(), store);
    }

    private Broker open() throws IOException {
        BrokerOptions options =
                new BrokerOptions(new LocalStoreOpener(Path.of("/data"), store, ScrubOptions.NEVER), limits, 1 << 20);
        World simulated = new World(
                disk, world.clock(), random, List.of(world.loop("a"), world.loop("b")), new SimulatedAgentHost(world));
        return answer(Broker.open(options, simulated).started());
    }

    /** Kills the broker without a word, loses what was not synced, and starts another. */
    void crash() throws IOException {
        disk.crash(random);
        world.kill();
        freeMemory();
        disk.restart();
        broker = open();
    }

    /**
     * Has nothing become durable any more from now on, lets the broker tell everybody, and then kills it: nobody holds
     * memory then.
     */
    void failAndCrash() throws IOException {
        disk.faults().failAtRandom(DiskOperation.Kind.SYNC, 1);
        world.runUntilIdle(STEPS_MAX);
        disk.faults().clear();
        crash();
    }

    /** The memory of a process goes with it; here it has to be given back. */
    private void freeMemory() throws IOException {
        broker.store().close(0);
    }

    /** Ends the broker in order and starts another. */
    void restart() throws IOException {
        close();
        broker = open();
    }

    <T> T answer(CompletableFuture<T> asked) {
        if (!world.runUntil(asked::isDone, STEPS_MAX)) {
            throw new AssertionError("not answered, and nothing is left to run");
        }
        try {
            return asked.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof BrokerException refused) {
                throw refused;
            }
            throw e;
        }
    }

    List<String> publish(QueueDefinition queue, String... bodies) {
        return publish(queue, DeliveryAttributes.NONE, MessageProperties.NONE, bodies)
                .ids();
    }

    /** What was answered to a publish. */
    record Published(List<String> ids, boolean isDuplicate) {}

    Published publish(
            QueueDefinition queue, DeliveryAttributes attributes, MessageProperties properties, String... bodies) {
        NativeBatch batch = new NativeBatch(attributes);
        for (String body : bodies) {
            batch.add(properties, Unpooled.copiedBuffer(body, StandardCharsets.UTF_8));
        }
        CompletableFuture<Published> done = new CompletableFuture<>();
        broker.publish(queue, new NativePublish(batch) {
            @Override
            protected void onPublished(long firstOffset) {
                done.complete(new Published(ids(queue, firstOffset, bodies.length), false));
            }

            @Override
            protected void onPublishedBefore(long firstOffset) {
                done.complete(new Published(ids(queue, firstOffset, bodies.length), true));
            }

            @Override
            protected void onFailed(Refusal reason) {
                done.completeExceptionally(
                        BrokerException.refused(reason, queue.queue().toString()));
            }
        });
        return answer(done);
    }

    /** Publishes one message to an exchange; where it is then. */
    List<RoutedPublish.Stored> publish(
            Exchange exchange, String key, DeliveryAttributes attributes, MessageProperties properties, String body) {
        RoutedPublish publish = new RoutedPublish();
        publish.add(key, attributes, properties, Unpooled.copiedBuffer(body, StandardCharsets.UTF_8));
        return answer(broker.publish(exchange, publish)).get(0);
    }

    /** The same, of which nothing more is said; the names of the queues and topics. */
    List<String> publish(Exchange exchange, String key, String body) {
        return publish(exchange, key, DeliveryAttributes.NONE, MessageProperties.NONE, body).stream()
                .map(stored -> stored.log().name())
                .toList();
    }

    private static List<String> ids(QueueDefinition queue, long firstOffset, int count) {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ids.add(new MessageId(queue.logId(), firstOffset + i).toString());
        }
        return ids;
    }

    /** Lets time pass, and whatever is due then happen. */
    void pass(long seconds) {
        world.clock().advance(TimeUnit.SECONDS.toNanos(seconds));
        world.runUntilIdle(STEPS_MAX);
    }

    /** A message that was received: its body, what names its lease, and what it went through. */
    record Received(String body, long offset, long token, int deliveryCount, MessageHistory history) {}

    List<Received> receive(QueueDefinition queue, int most) {
        CompletableFuture<List<Received>> done = new CompletableFuture<>();
        broker.receive(queue, new Receive(most, 1 << 20, TimeUnit.SECONDS.toNanos(30), 0, true) {
            @Override
            protected void onDelivered(Deliveries messages) {
                List<Received> received = new ArrayList<>();
                MessageView view = new MessageView();
                for (int i = 0; i < messages.size(); i++) {
                    String body = view.show(messages.entry(i), messages.indexInEntry(i))
                            .body()
                            .toString(StandardCharsets.UTF_8);
                    received.add(new Received(
                            body,
                            messages.offset(i),
                            messages.leaseToken(i),
                            messages.deliveryCount(i),
                            view.history(messages.storedIn(), messages.offset(i))));
                }
                messages.release();
                done.complete(received);
            }

            @Override
            protected void onRefused(Refusal reason) {
                done.completeExceptionally(
                        BrokerException.refused(reason, queue.queue().toString()));
            }
        });
        return answer(done);
    }

    int acknowledge(QueueDefinition queue, List<Received> messages) {
        return settle(queue, messages, Settlement.ACKNOWLEDGE, null);
    }

    /** Settles leases, and says {@code text} of each message; returns how many lived. */
    int settle(QueueDefinition queue, List<Received> messages, byte action, @Nullable String text) {
        return answer(beginSettle(queue, messages, action, text));
    }

    /** The same, and does not wait until it is answered. */
    CompletableFuture<Integer> beginSettle(
            QueueDefinition queue, List<Received> messages, byte action, @Nullable String text) {
        CompletableFuture<Integer> done = new CompletableFuture<>();
        Settlement settlement = new Settlement() {
            @Override
            protected byte @Nullable [] text(int index) {
                return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
            }

            @Override
            protected void onSettled() {
                int count = 0;
                for (int i = 0; i < size(); i++) {
                    count += isDone(i) ? 1 : 0;
                }
                done.complete(count);
            }

            @Override
            protected void onRefused(Refusal reason) {
                done.completeExceptionally(
                        BrokerException.refused(reason, queue.queue().toString()));
            }
        };
        messages.forEach(each -> settlement.add(each.offset(), each.token(), action, 0));
        broker.settle(queue, settlement);
        return done;
    }

    long purge(QueueDefinition queue) {
        CompletableFuture<Long> done = new CompletableFuture<>();
        broker.purge(queue, new Purge() {
            @Override
            protected void onPurged(long messages) {
                done.complete(messages);
            }

            @Override
            protected void onRefused(Refusal reason) {
                done.completeExceptionally(
                        BrokerException.refused(reason, queue.queue().toString()));
            }
        });
        return answer(done);
    }

    QueueStats stats(QueueDefinition queue) {
        return Objects.requireNonNull(answer(broker.stats(queue)));
    }

    @Override
    public void close() throws IOException {
        answer(broker.beginClose());
        broker.store().beginClose();
        world.runUntil(broker.store()::isDrained, STEPS_MAX);
        broker.close(0);
        world.kill();
    }
}
