package io.millrace.server.process;

import io.millrace.server.config.DoorSettings;
import io.millrace.server.config.HostPort;
import io.millrace.server.config.Settings;
import io.millrace.server.config.StorageKind;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/**
 * While no user exists, every client is admitted; so nothing may listen where other machines reach it.
 *
 * <p>Stateless; any thread.
 */
public final class ListenPolicy {
    private ListenPolicy() {}

    /** Refuses the start if an enabled door of {@code settings} is open to other machines and there is no user. */
    public static void check(Settings settings, boolean anyUser) throws StartException {
        for (DoorSettings door : settings.doors().values()) {
            if (door.enabled() && !anyUser && !isLoopback(door)) {
                throw new StartException("door " + door.name() + " would listen on "
                        + new HostPort(door.host(), door.port())
                        + ", where other machines reach it, and no user exists, so anybody could read and write."
                        + " Make a user first (" + way(settings) + "), or leave " + door.hostKey()
                        + " at 127.0.0.1.");
            }
        }
    }

    private static String way(Settings settings) {
        String command = "./millrace user set NAME --password-stdin";
        return settings.storage().kind() == StorageKind.LOCAL
                ? command + " --data " + settings.dataDirectory()
                : command + " while the broker listens on 127.0.0.1";
    }

    private static boolean isLoopback(DoorSettings door) throws StartException {
        try {
            return isLoopback(InetAddress.getAllByName(door.host()));
        } catch (UnknownHostException e) {
            throw DoorPorts.unknownHost(door, e);
        }
    }

    /** A name may have several addresses, and a door may open on any of them. */
    static boolean isLoopback(InetAddress... addresses) {
        return Arrays.stream(addresses).allMatch(InetAddress::isLoopbackAddress);
    }
}
