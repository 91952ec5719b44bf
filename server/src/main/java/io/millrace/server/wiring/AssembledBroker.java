package io.millrace.server.wiring;

import io.millrace.api.HttpDoor;
import io.millrace.broker.Broker;
import io.millrace.server.config.DoorSettings;
import io.millrace.server.config.HostPort;
import io.millrace.server.process.RunningBroker;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A broker with its doors and loops, from start to end. One thread. */
final class AssembledBroker implements RunningBroker {
    private static final Logger LOG = LoggerFactory.getLogger(AssembledBroker.class);

    private final EventLoopGroup loops;
    private final Duration closeTimeout;
    private final Map<String, HttpDoor> doors = new TreeMap<>();
    private final Map<String, HostPort> addresses = new TreeMap<>();
    private final CompletableFuture<Throwable> failure = new CompletableFuture<>();
    private @Nullable Broker broker;

    AssembledBroker(EventLoopGroup loops, Duration closeTimeout) {
        this.loops = loops;
        this.closeTimeout = closeTimeout;
    }

    void broker(Broker opened) {
        broker = opened;
    }

    /** A door that has opened. Where it listens on every address, the system may call that otherwise than the user. */
    void door(DoorSettings settings, HttpDoor opened) {
        InetSocketAddress address = opened.address();
        doors.put(settings.name(), opened);
        addresses.put(
                settings.name(),
                address.getAddress().isAnyLocalAddress()
                        ? new HostPort(settings.host(), address.getPort())
                        : HostPort.of(address));
    }

    @Override
    public Map<String, HostPort> doors() {
        return Collections.unmodifiableMap(addresses);
    }

    @Override
    public CompletableFuture<Throwable> failure() {
        return failure;
    }

    @Override
    public CompletableFuture<Void> beginShutdown() {
        List<CompletableFuture<?>> closing = new ArrayList<>();
        doors.values().forEach(door -> closing.add(door.beginClose()));
        Broker open = broker;
        if (open != null) {
            // Doors have stopped taking requests; what they took before is answered by the broker's end or before it.
            closing.add(open.beginClose());
        }
        return CompletableFuture.allOf(closing.toArray(new CompletableFuture<?>[0]));
    }

    @Override
    public void close() {
        doors.values().forEach(HttpDoor::close);
        loops.shutdownGracefully(0, closeTimeout.toMillis(), TimeUnit.MILLISECONDS)
                .awaitUninterruptibly();
        Broker open = broker;
        if (open != null) {
            try {
                open.close(closeTimeout.toMillis());
            } catch (IOException e) {
                LOG.error("the data directory was not closed in order; the next start recovers it", e);
            }
        }
    }
}
