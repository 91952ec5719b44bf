package io.millrace.server.process;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.server.config.DoorSettings;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A door that cannot listen stops the start, with a message that names the door, its key and what is in the way. */
class DoorPortsTest {
    @Test
    void aTakenPortNamesDoorKeyAndHolder() throws Exception {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            DoorSettings door = door("http", "127.0.0.1", socket.getLocalPort());

            assertThatThrownBy(() -> DoorPorts.check(List.of(door)))
                    .isInstanceOf(StartException.class)
                    .hasMessageStartingWith("door http cannot listen on 127.0.0.1:" + socket.getLocalPort())
                    .hasMessageContaining("(process " + ProcessHandle.current().pid() + ")")
                    .hasMessageContaining("--set doors.http.port=PORT")
                    .hasMessageContaining("--free-ports");
        }
    }

    @Test
    void aFreePortIsFreeAfterTheCheck() throws Exception {
        int port;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        DoorPorts.check(List.of(door("http", "127.0.0.1", port)));

        assertThatCode(() -> new ServerSocket(port, 1, InetAddress.getLoopbackAddress()).close())
                .doesNotThrowAnyException();
    }

    @Test
    void aDoorThatIsNotEnabledIsNotChecked() throws Exception {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            DoorPorts.check(List.of(new DoorSettings(
                    "http", false, "127.0.0.1", socket.getLocalPort(), Optional.empty(), Optional.empty())));
        }
    }

    @Test
    void anAddressOfAnotherMachineIsRefused() {
        assertThatThrownBy(() -> DoorPorts.check(List.of(door("http", "192.0.2.1", 0))))
                .isInstanceOf(StartException.class)
                .hasMessageContaining("this machine has no such address")
                .hasMessageContaining("doors.http.host");
    }

    @Test
    void anUnknownHostIsRefused() {
        assertThatThrownBy(() -> DoorPorts.check(List.of(door("http", "no-such-host.invalid", 0))))
                .isInstanceOf(StartException.class)
                .hasMessageContaining("'no-such-host.invalid' is not known")
                .hasMessageContaining("doors.http.host");
    }

    @Test
    void twoDoorsWithOneAddressAreRefused() throws Exception {
        int port;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }

        assertThatThrownBy(() ->
                        DoorPorts.check(List.of(door("amqp", "127.0.0.1", port), door("http", "127.0.0.1", port))))
                .isInstanceOf(StartException.class)
                .hasMessage(
                        "doors amqp and http have the same address;" + " change doors.amqp.port or doors.http.port");
        DoorPorts.check(List.of(door("amqp", "127.0.0.1", 0), door("http", "127.0.0.1", 0)));
    }

    @Test
    void aForbiddenPortSaysWhichPortsAreAllowed() {
        assertThatThrownBy(() -> {
                    throw DoorPorts.refusal(door("http", "127.0.0.1", 80), new BindException("Permission denied"));
                })
                .hasMessageContaining("above 1023")
                .hasMessageContaining("doors.http.port");
    }

    @Test
    void anyOtherReasonIsToldAsItIs() {
        assertThatThrownBy(() -> {
                    throw DoorPorts.refusal(door("http", "::1", 80), new BindException("Strange"));
                })
                .hasMessage("door http cannot listen on [::1]:80: Strange (doors.http.host, doors.http.port)");
    }

    private static DoorSettings door(String name, String host, int port) {
        return new DoorSettings(name, true, host, port, Optional.empty(), Optional.empty());
    }
}
