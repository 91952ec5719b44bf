package io.millrace.server.process;

import io.millrace.server.config.DoorSettings;
import io.millrace.server.config.HostPort;
import io.millrace.server.config.Settings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/** A broker that does nothing but listen, and notes what is asked of it. */
public final class FakeBroker implements RunningBroker {
    /** What happened, in order. */
    final List<String> events = new CopyOnWriteArrayList<>();

    final CompletableFuture<Throwable> failure = new CompletableFuture<>();
    /** What {@link #beginShutdown} returns. */
    CompletableFuture<Void> shutdown = CompletableFuture.completedFuture(null);

    Runnable onShutdown = () -> {};

    private final Map<String, ServerSocket> doors = new TreeMap<>();

    /** Opens a listening socket for each enabled door. */
    public static FakeBroker start(Settings settings) throws StartException {
        var broker = new FakeBroker();
        for (DoorSettings door : settings.doors().values()) {
            try {
                broker.doors.put(
                        door.name(), new ServerSocket(door.port(), 50, InetAddress.getAllByName(door.host())[0]));
            } catch (IOException e) {
                throw DoorPorts.refusal(door, e);
            }
        }
        return broker;
    }

    /** Makes the orderly end take for ever. */
    public FakeBroker hanging() {
        shutdown = new CompletableFuture<>();
        return this;
    }

    @Override
    public Map<String, HostPort> doors() {
        var addresses = new TreeMap<String, HostPort>();
        doors.forEach(
                (name, socket) -> addresses.put(name, HostPort.of((InetSocketAddress) socket.getLocalSocketAddress())));
        return addresses;
    }

    @Override
    public CompletableFuture<Throwable> failure() {
        return failure;
    }

    @Override
    public CompletableFuture<Void> beginShutdown() {
        onShutdown.run();
        events.add("shutdown");
        return shutdown;
    }

    @Override
    public void close() {
        events.add("close");
        for (ServerSocket socket : doors.values()) {
            try {
                socket.close();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
