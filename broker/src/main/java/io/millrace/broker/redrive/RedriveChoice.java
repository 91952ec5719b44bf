package io.millrace.broker.redrive;

import io.millrace.broker.Access;
import io.millrace.broker.Broker;
import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;
import io.millrace.broker.ResourceName;
import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.broker.message.Death;
import io.millrace.broker.message.MessageHistory;
import io.millrace.broker.message.MessageView;
import io.millrace.broker.security.Action;
import io.millrace.broker.selector.SelectorMatcher;
import io.millrace.broker.selector.ViewedMessage;
import io.millrace.engine.Peek;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Decides which messages of a look are moved, and to which queue. Of one loop. */
final class RedriveChoice {
    /** What conditions may read before others have the loop: hostile ones read a long text again and again. */
    private static final long READ_BYTES_MAX = 256 << 10;

    private final MessageView view = new MessageView();
    private final ViewedMessage message = new ViewedMessage(view);
    private final Access access;
    private final RedriveRequest request;
    private final @Nullable SelectorMatcher matcher;

    RedriveChoice(Broker broker, RedriveRequest request) {
        this.access = broker.access();
        this.request = request;
        this.matcher = request.filter() == null ? null : request.filter().newMatcher();
    }

    /** Whether it may pass over messages without a reason to tell. */
    boolean isSelective() {
        return matcher != null || request.message() != null;
    }

    /**
     * Chooses up to {@code most} of the messages of {@code look} below offset {@code end}. Throws {@link
     * BrokerException} where the redrive cannot go on.
     */
    RedriveBatch choose(Peek look, long end, int most) {
        access.queueKey(request.principal(), request.source().queue().name().value(), Action.CONSUME);
        Targets targets = new Targets();
        RedriveBatch batch = new RedriveBatch();
        try {
            long readBytesMax = bytesRead() + READ_BYTES_MAX;
            for (int i = 0; i < look.size(); i++) {
                long offset = look.offset(i);
                if (offset >= end) {
                    return batch.end(offset, true);
                }
                if (batch.size() == most || bytesRead() >= readBytesMax) {
                    return batch.end(offset, false);
                }
                if (isChosen(look, i, batch)) {
                    move(look.storedIn(), offset, targets, batch);
                    if (request.message() != null) {
                        return batch.end(offset + 1, true);
                    }
                }
            }
            return batch.end(look.nextOffset(), look.sawAll() || look.nextOffset() >= end);
        } catch (RuntimeException e) {
            batch.release();
            throw e;
        }
    }

    private long bytesRead() {
        return matcher == null ? 0 : matcher.bytesRead();
    }

    private boolean isChosen(Peek look, int index, RedriveBatch batch) {
        if (!look.isReadable(index)) {
            if (!isSelective()) {
                batch.fail();
            }
            return false;
        }
        view.show(look.entry(index), look.indexInEntry(index));
        if ((request.message() != null
                        && !view.id(look.storedIn(), look.offset(index)).equals(request.message()))
                || (matcher != null && !matcher.matches(message.delivered(look.deliveryCount(index))))) {
            return false;
        }
        boolean isFree = look.state(index) == Peek.State.READY || look.state(index) == Peek.State.DELAYED;
        if (!isFree) {
            batch.passOver();
        }
        return isFree;
    }

    private void move(long storedIn, long offset, Targets targets, RedriveBatch batch) {
        MessageHistory history = view.history(storedIn, offset);
        QueueDefinition target =
                request.target() == null ? origin(history.deaths(), targets) : targets.named(request.target());
        if (target == null) {
            batch.passOver();
        } else {
            batch.add(target, view, history, offset);
        }
    }

    private static @Nullable QueueDefinition origin(List<Death> deaths, Targets targets) {
        return deaths.isEmpty() ? null : targets.origin(deaths.get(0).queue());
    }

    /** The queues that messages of one batch go to, each looked up once. */
    private final class Targets {
        private final Map<String, Optional<QueueDefinition>> found = new HashMap<>();

        /** The queue {@code name}; an exception where nothing can be moved there. */
        QueueDefinition named(ResourceName name) {
            return found.computeIfAbsent(name.value(), any -> Optional.of(find(name.value())))
                    .orElseThrow();
        }

        /** The queue {@code name}; null where a message cannot be moved there. */
        @Nullable
        QueueDefinition origin(String name) {
            return found.computeIfAbsent(name, this::findOrigin).orElse(null);
        }

        private Optional<QueueDefinition> findOrigin(String name) {
            if (name.equals(request.source().queue().name().value())) {
                return Optional.empty(); // it is there already
            }
            try {
                return Optional.of(find(name));
            } catch (BrokerException e) {
                if (e.error() == BrokerError.QUEUE_NOT_FOUND || e.error() == BrokerError.FORBIDDEN) {
                    return Optional.empty();
                }
                throw e;
            }
        }

        private QueueDefinition find(String name) {
            return access.queue(request.principal(), name, Action.PUBLISH);
        }
    }
}
