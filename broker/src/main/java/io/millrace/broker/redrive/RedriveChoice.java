package io.millrace.broker.redrive;

import io.millrace.broker.Access;
import io.millrace.broker.Broker;
import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;
import io.millrace.broker.MoveDestination;
import io.millrace.broker.MoveTarget;
import io.millrace.broker.NameRule;
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

/** Decides which messages of a look are moved, and where to. Of one loop. */
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
        access.queue(request.principal(), request.source().name(), Action.CONSUME);
        Targets targets = new Targets();
        RedriveBatch batch = new RedriveBatch(request.source());
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
        MoveDestination target =
                request.target() == null ? origin(history.deaths(), targets) : targets.named(request.target());
        if (target == null) {
            batch.passOver();
        } else {
            batch.add(target, view, history, offset);
        }
    }

    private static @Nullable MoveDestination origin(List<Death> deaths, Targets targets) {
        return deaths.isEmpty() ? null : targets.origin(deaths.get(0).queue());
    }

    /** Where messages of one batch go, each looked up once. */
    private final class Targets {
        private final Map<String, Optional<MoveDestination>> origins = new HashMap<>();
        private @Nullable MoveDestination named;

        /** What {@code target} names; an exception where nothing can be moved there. */
        MoveDestination named(MoveTarget target) {
            MoveDestination destination = named;
            if (destination == null) {
                destination = access.destination(request.principal(), target);
                named = destination;
            }
            return destination;
        }

        /** The queue {@code name}; null where a message cannot be moved there. */
        @Nullable
        MoveDestination origin(String name) {
            return origins.computeIfAbsent(name, this::findOrigin).orElse(null);
        }

        private Optional<MoveDestination> findOrigin(String name) {
            // It is there already; or it is a subscription, and what it gave out is in its topic.
            if (name.equals(request.source().name()) || name.contains(NameRule.SUBSCRIPTION_MARK)) {
                return Optional.empty();
            }
            try {
                return Optional.of(access.queue(request.principal(), name, Action.PUBLISH));
            } catch (BrokerException e) {
                if (e.error() == BrokerError.QUEUE_NOT_FOUND || e.error() == BrokerError.FORBIDDEN) {
                    return Optional.empty();
                }
                throw e;
            }
        }
    }
}
