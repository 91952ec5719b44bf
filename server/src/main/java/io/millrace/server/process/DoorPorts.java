package io.millrace.server.process;

import io.millrace.server.config.DoorSettings;
import io.millrace.server.config.HostPort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.channels.SocketChannel;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * Finds out, before anything is started, whether the doors' ports can be had, and explains to the user why one cannot.
 * A port may still be taken between the check and the opening of the door: the door then uses {@link #refusal} too.
 *
 * <p>Stateless; any thread.
 */
public final class DoorPorts {
    private DoorPorts() {}

    /** Refuses the start if an enabled door could not listen where it is set to. Opens nothing. */
    public static void check(Collection<DoorSettings> doors) throws StartException {
        Map<HostPort, DoorSettings> taken = new HashMap<>();
        for (DoorSettings door : doors) {
            if (door.enabled()) {
                InetAddress address = resolve(door);
                DoorSettings other = door.port() == 0
                        ? null
                        : taken.put(HostPort.of(new InetSocketAddress(address, door.port())), door);
                if (other != null) {
                    throw new StartException("doors " + other.name() + " and " + door.name()
                            + " have the same address; change " + other.portKey() + " or " + door.portKey());
                }
                probe(door, address);
            }
        }
    }

    /** What to tell the user when {@code door} could not open because of {@code failure}. */
    public static StartException refusal(DoorSettings door, IOException failure) {
        if (failure instanceof UnknownHostException unknown) {
            return unknownHost(door, unknown);
        }
        String message = "door " + door.name() + " cannot listen on " + new HostPort(door.host(), door.port()) + ": ";
        String reason = String.valueOf(failure.getMessage());
        if (reason.contains("in use")) {
            return new StartException(
                    message + "the port is taken by " + holder(door) + ". Stop that, or choose another port with --set "
                            + door.portKey() + "=PORT (0 for any free one; --free-ports for all doors).",
                    failure);
        }
        if (reason.contains("Permission denied")) {
            return new StartException(
                    message + "this user may not open that port. Choose one above 1023 with --set " + door.portKey()
                            + "=PORT.",
                    failure);
        }
        if (reason.contains("assign requested address")) {
            return new StartException(
                    message + "this machine has no such address. Change " + door.hostKey() + ".", failure);
        }
        return new StartException(message + reason + " (" + door.hostKey() + ", " + door.portKey() + ")", failure);
    }

    static StartException unknownHost(DoorSettings door, UnknownHostException failure) {
        return new StartException(
                "door " + door.name() + ": the host '" + door.host() + "' is not known. Change " + door.hostKey() + ".",
                failure);
    }

    private static InetAddress resolve(DoorSettings door) throws StartException {
        try {
            return InetAddress.getByName(door.host());
        } catch (UnknownHostException e) {
            throw unknownHost(door, e);
        }
    }

    /** Binds without listening, so that no client can get into a door that does not exist yet. */
    private static void probe(DoorSettings door, InetAddress address) throws StartException {
        try (SocketChannel channel = SocketChannel.open()) {
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            channel.bind(new InetSocketAddress(address, door.port()));
        } catch (IOException e) {
            throw refusal(door, e);
        }
    }

    private static String holder(DoorSettings door) {
        try {
            return PortHolder.ofThisMachine()
                    .find(new InetSocketAddress(InetAddress.getByName(door.host()), door.port()))
                    .orElse("another process");
        } catch (UnknownHostException e) {
            return "another process";
        }
    }
}
