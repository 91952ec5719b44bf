package io.millrace.api.rest;

import io.millrace.api.http.Route;
import java.util.ArrayList;
import java.util.List;

/** All routes of the door. */
public final class RestRoutes {
    private RestRoutes() {}

    /** The routes, for a door that is set up as {@code context} says. */
    public static List<Route> all(RestContext context) {
        Selectors selectors = new Selectors();
        List<Route> routes = new ArrayList<>();
        routes.addAll(new QueueRoutes(context).routes());
        routes.addAll(new TopicRoutes(context).routes());
        routes.addAll(new TopicPublishRoutes(context).routes());
        routes.addAll(new NumberedPublishRoute(context).routes());
        routes.addAll(new SubscriptionRoutes(context, selectors).routes());
        routes.addAll(new LogReadRoutes(context).routes());
        routes.addAll(new ConsumerRoutes(context, selectors).routes());
        routes.addAll(new PublishRoutes(context).routes());
        routes.addAll(new ReceiveRoute(context, selectors).routes());
        routes.addAll(new SettleRoute(context).routes());
        routes.addAll(new TransactionRoute(context).routes());
        routes.addAll(new MessageRoutes(context, selectors).routes());
        routes.addAll(new RedriveRoutes(context).routes());
        routes.addAll(new ExchangeRoutes(context).routes());
        routes.addAll(new BindingRoutes(context).routes());
        routes.addAll(new RoutedPublishRoutes(context).routes());
        routes.addAll(new ScheduleRoutes(context).routes());
        routes.addAll(new SpaceRoutes(context).routes());
        routes.addAll(new UserRoutes(context).routes());
        routes.addAll(new OperatorRoutes(context).routes());
        routes.addAll(new BackupRoutes(context).routes());
        routes.addAll(new DocumentRoutes(context.options()).routes());
        return List.copyOf(routes);
    }
}
