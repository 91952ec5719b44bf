package io.millrace.api.rest;

import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import io.millrace.api.http.Answers;
import io.millrace.api.http.Exchange;
import io.millrace.api.http.Route;
import io.millrace.broker.Access;
import io.millrace.broker.NamePage;
import io.millrace.broker.catalog.ScheduleCatalog;
import io.millrace.broker.schedule.Schedule;
import io.millrace.broker.schedule.ScheduleKey;
import io.millrace.broker.schedule.ScheduleSettings;
import io.millrace.broker.security.Action;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Schedules: list, make, look at, change, have fire now, remove. */
final class ScheduleRoutes {
    private static final String ONE = "/v1/schedules/{schedule}";

    private final RestContext context;

    ScheduleRoutes(RestContext context) {
        this.context = context;
    }

    List<Route> routes() {
        return List.of(
                Route.of(HttpMethod.GET, "/v1/schedules", this::list).withQuery("prefix", "after", "limit"),
                Route.of(HttpMethod.GET, ONE, this::show),
                Route.of(HttpMethod.PUT, ONE, this::make),
                Route.of(HttpMethod.PATCH, ONE, this::change),
                Route.of(HttpMethod.DELETE, ONE, this::delete),
                Route.of(HttpMethod.POST, ONE + "/fire", this::fire));
    }

    private CompletableFuture<HttpResponse> list(Exchange exchange) {
        NamePage page = NameLists.page(exchange);
        List<Schedule> found = access().schedules(exchange.principal(), page);
        return exchange.noBody()
                .thenCompose(none -> context.broker().scheduler().statuses(found))
                .thenApply(statuses -> NameLists.answer(
                        "schedules",
                        page,
                        found,
                        Schedule::name,
                        i -> ScheduleJson.write(found.get(i), statuses.get(i))));
    }

    private CompletableFuture<HttpResponse> show(Exchange exchange) {
        Schedule found = found(exchange, Action.DESCRIBE);
        return exchange.noBody().thenCompose(none -> answer(found, 200));
    }

    private CompletableFuture<HttpResponse> make(Exchange exchange) {
        ScheduleKey key = access().scheduleKey(exchange.principal(), exchange.variable("schedule"), Action.CREATE);
        return exchange.json(RestContext.SMALL_BODY_BYTES_MAX).thenCompose(fields -> {
            // What the request does not say is not compared with what is there.
            Schedule there = context.broker().catalog().snapshot().schedules().get(key);
            ScheduleSettings settings = ScheduleReader.read(fields, there == null ? null : there.settings());
            access().scheduleTarget(exchange.principal(), settings.target());
            return catalog()
                    .create(key, settings)
                    .thenCompose(made -> answer(made.schedule(), made.isNew() ? 201 : 200));
        });
    }

    private CompletableFuture<HttpResponse> change(Exchange exchange) {
        Schedule there = found(exchange, Action.CONFIGURE);
        return exchange.json(RestContext.SMALL_BODY_BYTES_MAX).thenCompose(fields -> {
            ScheduleSettings asked = ScheduleReader.read(fields, there.settings());
            if (asked.target().equals(there.settings().target())) {
                access().mayPublish(exchange.principal(), asked.target()); // it may be gone: then it can be disabled
            } else {
                access().scheduleTarget(exchange.principal(), asked.target());
            }
            return catalog()
                    .change(there.key(), before -> {
                        ScheduleSettings changed = ScheduleReader.read(fields, before);
                        access().mayPublish(exchange.principal(), changed.target());
                        return changed;
                    })
                    .thenCompose(changed -> answer(changed, 200));
        });
    }

    private CompletableFuture<HttpResponse> delete(Exchange exchange) {
        Schedule there = found(exchange, Action.DELETE);
        return exchange.noBody()
                .thenCompose(none -> catalog().delete(there.key()))
                .thenApply(deleted -> Answers.empty());
    }

    private CompletableFuture<HttpResponse> fire(Exchange exchange) {
        Schedule there = found(exchange, Action.DESCRIBE);
        access().scheduleTarget(exchange.principal(), there.settings().target());
        return exchange.noBody()
                .thenCompose(none -> context.broker().fireNow(there))
                .thenApply(RoutedPublishRoutes::answerOne);
    }

    private Schedule found(Exchange exchange, Action action) {
        return access().schedule(exchange.principal(), exchange.variable("schedule"), action);
    }

    private CompletableFuture<HttpResponse> answer(Schedule schedule, int status) {
        return context.broker()
                .scheduler()
                .statuses(List.of(schedule))
                .thenApply(statuses -> Answers.json(status, ScheduleJson.writeAll(schedule, statuses.get(0))));
    }

    private Access access() {
        return context.broker().access();
    }

    private ScheduleCatalog catalog() {
        return context.broker().catalog().schedules();
    }
}
