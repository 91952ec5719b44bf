package io.millrace.api.rest;

import com.linecorp.armeria.common.HttpResponse;
import io.millrace.api.http.Exchange;
import io.millrace.api.http.JsonBuffer;
import io.millrace.broker.Broker;
import io.millrace.broker.BrokerException;
import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.broker.message.MessageView;
import io.millrace.broker.selector.Selector;
import io.millrace.broker.selector.SelectorMatcher;
import io.millrace.broker.selector.ViewedMessage;
import io.millrace.engine.Peek;
import io.millrace.engine.Refusal;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A look of a client at those messages that a selector selects. It goes through the queue stretch by stretch, up to
 * {@value #MESSAGES_MAX} messages, the bytes that an answer may have, or {@value #READ_BYTES_MAX} bytes that conditions
 * have read, whichever are reached first; what it holds is no more than an answer may have and one stretch. So an
 * answer may have few messages, or none, and still say where to go on. A message that cannot be read is not selected.
 *
 * <p>The shard calls in on its loop; messages are looked at on that of the connection, which does other things between
 * two stretches.
 */
final class FilteredPeek {
    /** The messages that one request looks at. */
    static final int MESSAGES_MAX = 10_000;

    private static final int STRETCH_MESSAGES = 250;
    /** What conditions may read in a request: hostile ones read a long text hundreds of times. */
    private static final long READ_BYTES_MAX = 4 << 20;

    private static final int ANSWER_BYTES = 4096;

    private final CompletableFuture<HttpResponse> answer = new CompletableFuture<>();
    private final MessageView view = new MessageView();
    private final ViewedMessage message = new ViewedMessage(view);
    /** Stretches of which messages were selected. */
    private final List<Stretch> held = new ArrayList<>(0);

    private final Exchange exchange;
    private final Broker broker;
    private final QueueDefinition queue;
    private final SelectorMatcher matcher;
    private final Bounds bounds;
    private int selected;
    private int seen;
    private long bytes;

    /**
     * What a client asks for.
     *
     * @param from the offset to begin at
     * @param most how many messages the answer has at most
     * @param bytesMax how many bytes are looked at, about
     * @param only the state that messages have to be in; null for any
     */
    record Bounds(long from, int most, int bytesMax, Peek.@Nullable State only) {}

    FilteredPeek(Exchange exchange, Broker broker, QueueDefinition queue, Selector selector, Bounds bounds) {
        this.exchange = exchange;
        this.broker = broker;
        this.queue = queue;
        this.matcher = selector.newMatcher();
        this.bounds = bounds;
    }

    /** Looks; the answer comes on the loop of the connection. */
    CompletableFuture<HttpResponse> begin() {
        look(bounds.from);
        return answer;
    }

    private void look(long from) {
        int messages = Math.min(STRETCH_MESSAGES, MESSAGES_MAX - seen);
        broker.peek(queue, new Stretch(from, messages, (int) (bounds.bytesMax - bytes)));
    }

    /** One look of the shard's. */
    private final class Stretch extends Peek {
        /** The places of selected messages. */
        private final List<Integer> places = new ArrayList<>(0);

        Stretch(long from, int messagesMax, int bytesMax) {
            super(from, messagesMax, bytesMax, bounds.only);
        }

        @Override
        protected void onPeeked() {
            exchange.onLoopLater(() -> look(this));
        }

        @Override
        protected void onRefused(Refusal reason) {
            exchange.onLoopLater(() ->
                    fail(BrokerException.refused(reason, queue.queue().name().value())));
        }
    }

    private void look(Stretch stretch) {
        held.add(stretch);
        try {
            bytes += bytes(stretch);
            int end = select(stretch);
            // What was there a moment ago and is settled now counts, too, so that this ends.
            seen += Math.max(1, end);
            boolean hasMore = end < stretch.size() || !stretch.sawAll();
            long nextFrom = end < stretch.size() ? stretch.offset(end) : stretch.nextOffset();
            if (!hasMore || isDone() || seen >= MESSAGES_MAX || bytes >= bounds.bytesMax) {
                PeekedJson.answer(exchange, json(nextFrom, hasMore), answer);
                release();
                return;
            }
            if (stretch.places.isEmpty()) {
                held.remove(held.size() - 1).release();
            }
            look(nextFrom);
        } catch (RuntimeException e) {
            fail(e);
        }
    }

    /** The bytes that a stretch holds: whole entries, however many of their messages are looked at. */
    private static long bytes(Stretch stretch) {
        long sum = 0;
        long counted = -1;
        for (int i = 0; i < stretch.size(); i++) {
            long firstOffset = stretch.offset(i) - stretch.indexInEntry(i);
            if (stretch.isReadable(i) && firstOffset != counted) {
                sum += stretch.entry(i).readableBytes();
                counted = firstOffset;
            }
        }
        return sum;
    }

    /** Takes what is selected, until this is done; the place behind what was looked at. */
    private int select(Stretch stretch) {
        for (int i = 0; i < stretch.size(); i++) {
            if (isDone()) {
                return i;
            }
            if (stretch.isReadable(i)) {
                view.show(stretch.entry(i), stretch.indexInEntry(i));
                if (matcher.matches(message.delivered(stretch.deliveryCount(i)))) {
                    stretch.places.add(i);
                    selected++;
                }
            }
        }
        return stretch.size();
    }

    /** Whether the answer is full, or long texts were read often enough. */
    private boolean isDone() {
        return selected == bounds.most || matcher.bytesRead() >= READ_BYTES_MAX;
    }

    private ByteBuf json(long nextFrom, boolean hasMore) {
        return JsonBuffer.object(exchange.allocator(), ANSWER_BYTES, json -> {
            json.writeArrayFieldStart("messages");
            for (Stretch each : held) {
                for (int place : each.places) {
                    PeekedJson.write(json, each, place, view);
                }
            }
            json.writeEndArray();
            json.writeNumberField("nextFrom", nextFrom);
            json.writeBooleanField("more", hasMore);
        });
    }

    private void fail(RuntimeException failure) {
        release();
        answer.completeExceptionally(failure);
    }

    private void release() {
        held.forEach(Peek::release);
        held.clear();
    }
}
