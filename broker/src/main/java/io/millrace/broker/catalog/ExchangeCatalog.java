package io.millrace.broker.catalog;

import io.millrace.base.Clock;
import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;
import io.millrace.broker.catalog.Definition.BindingDefinition;
import io.millrace.broker.catalog.Definition.ExchangeDefinition;
import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.broker.routing.Binding;
import io.millrace.broker.routing.BindingRequest;
import io.millrace.broker.routing.Destination;
import io.millrace.broker.routing.Exchange;
import io.millrace.broker.routing.ExchangeKey;
import io.millrace.broker.routing.ExchangeSettings;
import io.millrace.broker.topic.Topic;
import io.millrace.broker.topic.TopicKey;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The part of the catalog that keeps exchanges and bindings; see {@link Catalog}. Changes may be asked for on any
 * thread; one that was answered is seen by the next publish.
 */
public final class ExchangeCatalog {
    private final Clock clock;
    private final CatalogLog log;

    ExchangeCatalog(Clock clock, CatalogLog log) {
        this.clock = clock;
        this.log = log;
    }

    /**
     * Makes an exchange with {@code settings}; where it is there with the same ones, that is the answer; with others,
     * the answer is {@link BrokerError#EXCHANGE_EXISTS}.
     */
    public CompletableFuture<ExchangeCreation> create(ExchangeKey key, ExchangeSettings settings) {
        return log.change(done -> {
            if (!log.working().hasSpace(key.space())) {
                throw new BrokerException(BrokerError.SPACE_NOT_FOUND, "there is no space " + key.space());
            }
            Exchange there = log.working().routing().exchange(key);
            if (there != null && !there.settings().equals(settings)) {
                throw new BrokerException(
                        BrokerError.EXCHANGE_EXISTS, "exchange " + key.name() + " exists with other settings");
            }
            if (there != null) {
                log.answerWhenSynced(new ExchangeCreation(there, false), done);
                return;
            }
            Exchange made = new Exchange(key, log.nextId(), clock.epochMillis(), settings);
            log.append(new ExchangeDefinition(made), () -> done.complete(new ExchangeCreation(made, true)), done);
        });
    }

    /**
     * Removes an exchange with the bindings from and to it. With {@code ifUnused} one that has bindings from it is left
     * as it is: {@link BrokerError#EXCHANGE_IN_USE}.
     */
    public CompletableFuture<Exchange> delete(ExchangeKey key, boolean ifUnused) {
        CompletableFuture<ExchangeDefinition> deleted = log.change(done -> {
            Exchange there = requireExchange(key);
            if (ifUnused && isUsed(there)) {
                throw new BrokerException(
                        BrokerError.EXCHANGE_IN_USE, "exchange " + key.name() + " has bindings; remove them first");
            }
            log.remove(new ExchangeDefinition(there), done);
        });
        return deleted.thenApply(ExchangeDefinition::exchange);
    }

    private boolean isUsed(Exchange exchange) {
        return log.working().routing().bindings(exchange.id(), 0).anyMatch(log.working()::isAlive);
    }

    /** Makes a binding; fine where the same one is there. */
    public CompletableFuture<BindingCreation> bind(BindingRequest request) {
        return log.change(done -> {
            Binding asked = binding(request);
            Binding there = log.working().routing().same(asked);
            if (there != null) {
                log.answerWhenSynced(new BindingCreation(there, false), done);
                return;
            }
            log.append(new BindingDefinition(asked), () -> done.complete(new BindingCreation(asked, true)), done);
        });
    }

    /** Removes the binding that is the same as the one asked for. */
    public CompletableFuture<Binding> unbind(BindingRequest request) {
        return removed(log.change(done -> remove(log.working().routing().same(binding(request)), done)));
    }

    /** Removes the binding {@code id} of the exchange {@code source}. */
    public CompletableFuture<Binding> unbind(ExchangeKey source, long id) {
        return removed(log.change(done -> {
            Binding there =
                    log.working().routing().binding(requireExchange(source).id(), id);
            remove(there != null && log.working().isAlive(there) ? there : null, done);
        }));
    }

    private static CompletableFuture<Binding> removed(CompletableFuture<BindingDefinition> done) {
        return done.thenApply(BindingDefinition::binding);
    }

    private void remove(@Nullable Binding there, CompletableFuture<BindingDefinition> done) {
        if (there == null) {
            throw new BrokerException(BrokerError.BINDING_NOT_FOUND, "the exchange has no such binding");
        }
        log.remove(new BindingDefinition(there), done);
    }

    /** What {@code request} asks for, as a binding that would be made now. */
    private Binding binding(BindingRequest request) {
        Exchange source = requireExchange(request.source());
        return request.binding(log.nextId(), source.id(), destination(request), clock.epochMillis());
    }

    private Destination destination(BindingRequest request) {
        if (request.kind() == Destination.Kind.EXCHANGE) {
            Exchange found = requireExchange(new ExchangeKey(request.source().space(), request.destination()));
            return new Destination(request.kind(), found.key().name(), found.id());
        }
        if (request.kind() == Destination.Kind.TOPIC) {
            TopicKey key = new TopicKey(request.source().space(), request.destination());
            Topic found = log.working().topics().get(key);
            if (found == null) {
                throw new BrokerException(BrokerError.TOPIC_NOT_FOUND, "there is no topic " + key.name());
            }
            return new Destination(request.kind(), key.name(), found.id());
        }
        QueueKey key = new QueueKey(request.source().space(), request.destination());
        QueueDefinition found = log.working().queue(key);
        if (found == null) {
            throw new BrokerException(BrokerError.QUEUE_NOT_FOUND, "there is no queue " + key.name());
        }
        return new Destination(request.kind(), found.queue().name(), found.logId());
    }

    private Exchange requireExchange(ExchangeKey key) {
        Exchange there = log.working().routing().exchange(key);
        if (there == null) {
            throw new BrokerException(BrokerError.EXCHANGE_NOT_FOUND, "there is no exchange " + key.name());
        }
        return there;
    }
}
