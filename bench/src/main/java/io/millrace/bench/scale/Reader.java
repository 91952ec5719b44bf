package io.millrace.bench.scale;

import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.engine.Fetch;
import io.millrace.engine.Refusal;
import java.util.concurrent.CompletableFuture;

/**
 * Reads the log of a queue front to back as a stream, one fetch at a time, as a client does that asks for more when it
 * has something; checks that each entry comes, in order. On the loop of the queue's shard.
 */
final class Reader {
    private static final int ENTRIES_MAX = 1000;
    private static final int BYTES_MAX = 4 << 20;

    private final BenchBroker broker;
    private final QueueDefinition queue;
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private final long end;

    private Reader(BenchBroker broker, QueueDefinition queue, long end) {
        this.broker = broker;
        this.queue = queue;
        this.end = end;
    }

    /** Reads the messages below {@code end}, each of which is an entry. */
    static CompletableFuture<Void> start(BenchBroker broker, QueueDefinition queue, long end) {
        Reader reader = new Reader(broker, queue, end);
        broker.broker().fetch(queue, reader.new Next(0));
        return reader.done;
    }

    private final class Next extends Fetch {
        private final long from;

        Next(long from) {
            super(from, ENTRIES_MAX, BYTES_MAX, 0);
            this.from = from;
        }

        @Override
        protected void onFetched() {
            for (int i = 0; i < size(); i++) {
                if (!isReadable(i) || firstOffset(i) != from + i) {
                    done.completeExceptionally(new IllegalStateException("entry " + (from + i) + " did not come"));
                }
            }
            release();
            if (nextOffset() >= end || size() == 0) {
                done.complete(null);
            } else {
                broker.broker().fetch(queue, new Next(nextOffset()));
            }
        }

        @Override
        protected void onOutOfRange(long floor, long endOfLog) {
            done.completeExceptionally(new IllegalStateException("the log begins at " + floor));
        }

        @Override
        protected void onRefused(Refusal reason) {
            done.completeExceptionally(new IllegalStateException("refused: " + reason));
        }
    }
}
