package io.millrace.broker.redrive;

import io.millrace.broker.Access;
import io.millrace.broker.Broker;
import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;
import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.broker.security.Action;
import java.util.ArrayList;
import java.util.List;

/**
 * The redrives of a broker: one at a time for each queue, {@value #RUNNING_MAX} in all, and of each queue the last
 * {@value #OF_QUEUE_MAX}, to be looked at, of all queues {@value #ALL_MAX}. They end with the broker and are not known
 * to the next. Any thread.
 */
public final class Redrives {
    private static final int RUNNING_MAX = 100;
    private static final int OF_QUEUE_MAX = 10;
    private static final int ALL_MAX = 1_000;

    private final Broker broker;
    /** The latest last. */
    private final List<Redrive> redrives = new ArrayList<>();

    private long lastId;
    private boolean isClosed;

    /** The redrives of {@code broker}. */
    public Redrives(Broker broker) {
        this.broker = broker;
    }

    /**
     * Begins one, if the queue has none under way. Throws {@link BrokerException}; also where whoever asks may not do
     * what was asked for.
     */
    public Redrive begin(RedriveRequest request) {
        Access access = broker.access();
        access.queue(request.principal(), request.source().name(), Action.CONSUME);
        if (request.target() != null) {
            access.destination(request.principal(), request.target());
        }
        Redrive redrive = add(request);
        redrive.begin();
        return redrive;
    }

    private synchronized Redrive add(RedriveRequest request) {
        String queue = request.source().queue().name().value();
        if (isClosed) {
            throw new BrokerException(BrokerError.CLOSING, "the broker is shutting down");
        }
        List<Redrive> ofQueue = of(request.source());
        if (ofQueue.stream().anyMatch(each -> each.progress().isRunning())) {
            throw new BrokerException(
                    BrokerError.REDRIVE_RUNNING,
                    "messages of queue " + queue + " are being moved already; wait for the end, or cancel that");
        }
        if (redrives.stream().filter(each -> each.progress().isRunning()).count() >= RUNNING_MAX) {
            throw new BrokerException(
                    BrokerError.OVERLOADED, RUNNING_MAX + " redrives are under way; try again when one has ended");
        }
        if (ofQueue.size() >= OF_QUEUE_MAX) {
            redrives.remove(ofQueue.get(ofQueue.size() - 1));
        }
        if (redrives.size() >= ALL_MAX) {
            redrives.stream()
                    .filter(each -> !each.progress().isRunning())
                    .findFirst()
                    .ifPresent(redrives::remove);
        }
        Redrive redrive = new Redrive(broker, ++lastId, request);
        redrives.add(redrive);
        return redrive;
    }

    /** Those of {@code queue} that are known, the latest first. */
    public synchronized List<Redrive> of(QueueDefinition queue) {
        List<Redrive> found = new ArrayList<>();
        for (Redrive each : redrives) {
            if (each.request().source().logId() == queue.logId()) {
                found.add(0, each);
            }
        }
        return found;
    }

    /** Cancels all of them; no other begins. */
    public synchronized void close() {
        isClosed = true;
        redrives.stream().filter(each -> each.progress().isRunning()).forEach(Redrive::cancel);
    }
}
