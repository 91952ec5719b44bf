package io.millrace.api.http;

import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Lets the requests of one HTTP/1 connection through one at a time: the next one begins when the answer to the one
 * before it has left for the network. So a client that sends many requests and reads no answer costs the memory of one
 * answer. While requests are held, nothing more is read; one read brings so little that at most {@value #HELD_MAX} are
 * held, and a client that manages more is disconnected. The connection's loop.
 */
final class ConnectionGate {
    static final int HELD_MAX = 64;

    private static final AttributeKey<ConnectionGate> KEY = AttributeKey.valueOf(ConnectionGate.class, "gate");

    private final Channel channel;
    private final Deque<Turn> held = new ArrayDeque<>();
    private @Nullable Turn current;
    private boolean paused;

    private ConnectionGate(Channel channel) {
        this.channel = channel;
    }

    /** The turn of one request. */
    static final class Turn {
        private final Runnable begin;

        private Turn(Runnable begin) {
            this.begin = begin;
        }
    }

    /** The gate of a connection. */
    static ConnectionGate of(Channel channel) {
        ConnectionGate gate = channel.attr(KEY).get();
        if (gate == null) {
            gate = new ConnectionGate(channel);
            channel.attr(KEY).set(gate);
        }
        return gate;
    }

    /** Runs {@code begin} once no other request is under way. Disconnects, and returns null, where too many wait. */
    @Nullable
    Turn enter(Runnable begin) {
        if (held.size() == HELD_MAX) {
            var unused = channel.close();
            return null;
        }
        Turn turn = new Turn(begin);
        if (current == null) {
            current = turn;
            begin.run();
        } else {
            held.add(turn);
            paused = true;
            channel.config().setAutoRead(false);
        }
        return turn;
    }

    /** A request is over, in its turn or, where the connection has ended, before it. */
    void leave(Turn turn) {
        if (turn != current) {
            held.remove(turn);
            return;
        }
        current = held.poll();
        if (paused && held.isEmpty()) {
            paused = false;
            channel.config().setAutoRead(true);
        }
        if (current != null) {
            current.begin.run();
        }
    }
}
