package io.millrace.api.rest;

import io.millrace.api.http.Exchange;
import io.millrace.api.http.HttpDoorOptions;
import io.millrace.api.http.HttpDoorParts;
import io.millrace.api.http.HttpLimits;
import io.millrace.api.http.HttpTraffic;
import io.millrace.api.http.Problem;
import io.millrace.api.http.ProblemException;
import io.millrace.api.http.SlowWork;
import io.millrace.broker.Broker;
import io.millrace.broker.ConsumedQueues;
import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.broker.security.Action;
import io.millrace.broker.topic.Topic;
import org.jspecify.annotations.Nullable;

/**
 * What routes share. Immutable; any thread.
 *
 * @param options how the door is set up
 * @param parts what it works with
 * @param traffic what goes through it
 * @param slowWork where passwords are hashed
 */
public record RestContext(HttpDoorOptions options, HttpDoorParts parts, HttpTraffic traffic, SlowWork slowWork) {
    /** The largest body of a request that brings no messages and no leases. */
    static final int SMALL_BODY_BYTES_MAX = 1 << 20;

    Broker broker() {
        return parts.broker();
    }

    HttpLimits limits() {
        return options.limits();
    }

    /** The queue that the path names, if whoever asks may do {@code action} with it. */
    QueueDefinition queue(Exchange exchange, Action action) {
        return broker().access().queue(exchange.principal(), exchange.variable("queue"), action);
    }

    /** The same for what is done with all queues of a subscription at once, where the path names that. */
    ConsumedQueues consumed(Exchange exchange, Action action) {
        return broker().access().consumed(exchange.principal(), exchange.variable("queue"), action);
    }

    /** The topic that the path names, if whoever asks may do {@code action} with it. */
    Topic topic(Exchange exchange, Action action) {
        return broker().access().topic(exchange.principal(), exchange.variable("topic"), action);
    }

    /** The exchange that the path names, if whoever asks may do {@code action} with it. */
    io.millrace.broker.routing.Exchange exchange(Exchange exchange, Action action) {
        return broker().access().exchange(exchange.principal(), exchange.variable("exchange"), action);
    }

    /** A query parameter that is true or false; false where it is not given. */
    static boolean flag(Exchange exchange, String name) {
        String text = text(exchange, name);
        if (text.isEmpty() || text.equals("false") || text.equals("true")) {
            return text.equals("true");
        }
        throw new ProblemException(Problem.INVALID_VALUE, "query parameter " + name + " is true or false");
    }

    /** A query parameter that is a whole number from {@code least} to {@code most}. */
    static long number(Exchange exchange, String name, long least, long most, long otherwise) {
        String text = exchange.query(name);
        return text == null ? otherwise : number(name, text, least, most);
    }

    private static long number(String name, String text, long least, long most) {
        try {
            long number = Long.parseLong(text);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // The same answer.
        }
        throw new ProblemException(
                Problem.INVALID_VALUE, "query parameter " + name + " is a whole number from " + least + " to " + most);
    }

    /** A query parameter that is text; empty where it is not given. */
    static String text(Exchange exchange, String name) {
        @Nullable String text = exchange.query(name);
        return text == null ? "" : text;
    }
}
