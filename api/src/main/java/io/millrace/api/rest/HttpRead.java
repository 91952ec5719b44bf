package io.millrace.api.rest;

import com.fasterxml.jackson.core.JsonGenerator;
import com.linecorp.armeria.common.ClosedSessionException;
import com.linecorp.armeria.common.HttpResponse;
import io.millrace.api.http.Exchange;
import io.millrace.api.http.JsonBuffer;
import io.millrace.api.http.Problem;
import io.millrace.api.http.ProblemException;
import io.millrace.api.text.MessageJson;
import io.millrace.broker.Broker;
import io.millrace.broker.DefinedLog;
import io.millrace.broker.MessageId;
import io.millrace.broker.message.MessageView;
import io.millrace.engine.Fetch;
import io.millrace.engine.FindTime;
import io.millrace.engine.Refusal;
import io.millrace.storage.EntryEnvelope;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A read of a log by a client. Whoever is first answers it: the shard, the client by going away, or the closing door.
 * The shard calls in on its loop and says which messages are there; the answer is written on the loop of the
 * connection, and ends where it is full.
 */
final class HttpRead extends Fetch {
    private static final int ANSWER_BYTES = 4096;

    private final CompletableFuture<HttpResponse> answer = new CompletableFuture<>();
    private final AtomicBoolean over = new AtomicBoolean();
    private final MessageView view = new MessageView();
    private final Exchange exchange;
    private final Broker broker;
    private final DefinedLog log;
    private final Bounds bounds;
    private final boolean passesOverGaps;

    /** The messages that are there: the offset of each, and the place of its entry. */
    private final long[] offsets;

    private final int[] places;
    private int size;

    /**
     * What a client asks for.
     *
     * @param messagesMax how many messages the answer has at most
     * @param bytesMax how many bytes of bodies, about; one message may have more
     * @param waitMillis how long to wait for the first
     */
    record Bounds(int messagesMax, int bytesMax, long waitMillis) {}

    private HttpRead(
            Exchange exchange, Broker broker, DefinedLog log, long from, Bounds bounds, boolean passesOverGaps) {
        super(from, bounds.messagesMax, bounds.bytesMax, TimeUnit.MILLISECONDS.toNanos(bounds.waitMillis));
        this.exchange = exchange;
        this.broker = broker;
        this.log = log;
        this.bounds = bounds;
        this.passesOverGaps = passesOverGaps;
        this.offsets = new long[bounds.messagesMax];
        this.places = new int[bounds.messagesMax];
    }

    /** Reads {@code log}; the answer comes when there are messages or the wait is over. */
    static CompletableFuture<HttpResponse> begin(
            Exchange exchange, Broker broker, DefinedLog log, ReadFrom from, Bounds bounds, boolean passesOverGaps) {
        if (!from.isTime()) {
            return new HttpRead(exchange, broker, log, from.offset(), bounds, passesOverGaps).begin();
        }
        CompletableFuture<HttpResponse> answer = new CompletableFuture<>();
        broker.findTime(log, new FindTime(from.millis()) {
            @Override
            protected void onFound(long offset, long timestampMillis) {
                readFrom(offset);
            }

            @Override
            protected void onNone() {
                readFrom(LATEST);
            }

            /** On the loop of the shard, at once: nothing is stored between the search and the read. */
            private void readFrom(long offset) {
                var unused = new HttpRead(exchange, broker, log, offset, bounds, passesOverGaps)
                        .begin()
                        .whenComplete((read, failure) -> {
                            if (failure == null) {
                                answer.complete(read);
                            } else {
                                answer.completeExceptionally(failure);
                            }
                        });
            }

            @Override
            protected void onRefused(Refusal reason) {
                answer.completeExceptionally(broker.refused(reason, log));
            }
        });
        return answer;
    }

    private CompletableFuture<HttpResponse> begin() {
        broker.fetch(log, this);
        exchange.whenGone(this::abandon);
        exchange.whenClosing(this::endEarly);
        return answer;
    }

    private void abandon() {
        if (over.compareAndSet(false, true)) {
            broker.cancel(log, this);
            answer.completeExceptionally(ClosedSessionException.get());
        }
    }

    private void endEarly() {
        if (over.compareAndSet(false, true)) {
            broker.cancel(log, this);
            // Behind that, on the loop on which it was begun: there it is known where it begins.
            broker.loop(log).execute(() -> exchange.onLoop(() -> answer(fromOffset())));
        }
    }

    @Override
    protected boolean passesOverGaps() {
        return passesOverGaps;
    }

    @Override
    protected void onFetched() {
        if (!over.compareAndSet(false, true)) {
            release();
            return;
        }
        EntryEnvelope envelope = new EntryEnvelope();
        for (int i = 0; i < size() && size < bounds.messagesMax; i++) {
            if (isReadable(i)) {
                readEnvelope(i, envelope);
                takeEntry(i, firstOffset(i) + envelope.span);
            } else {
                take(i, Math.max(firstOffset(i), fromOffset()));
            }
        }
        exchange.onLoop(this::deliver);
    }

    private void takeEntry(int place, long end) {
        long first = firstOffset(place);
        for (long offset = Math.max(first, fromOffset()); offset < end && size < bounds.messagesMax; offset++) {
            if (!isGone(offset)) {
                take(place, offset);
            }
        }
    }

    private void take(int place, long offset) {
        offsets[size] = offset;
        places[size] = place;
        size++;
    }

    @Override
    protected void onOutOfRange(long floor, long end) {
        if (over.compareAndSet(false, true)) {
            answer.completeExceptionally(ProblemException.withFigures(
                    Problem.OFFSET_OUT_OF_RANGE,
                    log.title() + " has the offsets from " + floor + " up to, but not, " + end + "; "
                            + (fromOffset() < floor
                                    ? "what was before is kept no more: go on from earliest, and know that messages"
                                            + " were missed"
                                    : "there is nothing to go on from yet"),
                    Map.of("earliestOffset", floor, "endOffset", end)));
        }
    }

    @Override
    protected void onRefused(Refusal reason) {
        if (over.compareAndSet(false, true)) {
            answer.completeExceptionally(broker.refused(reason, log));
        }
    }

    private void deliver() {
        // Behind the last message where there was no room for more.
        answer(size == bounds.messagesMax ? offsets[size - 1] + 1 : nextOffset());
        release();
    }

    private void answer(long nextOffset) {
        try {
            PeekedJson.answer(exchange, json(nextOffset), answer);
        } catch (RuntimeException e) {
            answer.completeExceptionally(e);
        }
    }

    private ByteBuf json(long nextOffset) {
        return JsonBuffer.object(exchange.allocator(), ANSWER_BYTES, json -> {
            json.writeArrayFieldStart("messages");
            long bytes = 0;
            int written = 0;
            for (; written < size && bytes < bounds.bytesMax; written++) {
                bytes += write(json, written);
            }
            json.writeEndArray();
            json.writeNumberField("nextOffset", written < size ? offsets[written] : nextOffset);
            json.writeNumberField("earliestOffset", earliestOffset());
            json.writeNumberField("endOffset", endOffset());
        });
    }

    /** Writes message {@code index} of those that are there; returns how many bytes its body has. */
    private int write(JsonGenerator json, int index) throws IOException {
        long offset = offsets[index];
        int place = places[index];
        json.writeStartObject();
        int bytes = 0;
        if (isReadable(place)) {
            view.show(entry(place), (int) (offset - firstOffset(place)));
            json.writeStringField("id", view.id(log.logId(), offset).toString());
            json.writeNumberField("offset", offset);
            MessageJson.write(json, view);
            bytes = view.bodyBytes();
        } else {
            json.writeStringField("id", new MessageId(log.logId(), offset).toString());
            json.writeNumberField("offset", offset);
            json.writeBooleanField("damaged", true);
        }
        json.writeEndObject();
        return bytes;
    }
}
