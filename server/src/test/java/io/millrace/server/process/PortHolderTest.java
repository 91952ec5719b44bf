package io.millrace.server.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The process that listens on a port is found, and only that one. */
class PortHolderTest {
    private static final String HEAD =
            "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt" + "   uid  timeout inode\n";

    @TempDir
    Path proc;

    @BeforeEach
    void makeTwoProcesses() throws Exception {
        Files.createDirectories(proc.resolve("net"));
        process(11, "other", 500);
        process(12, "nginx", 501, 502);
    }

    @Test
    void aListenerOfThisMachineIsFound() throws Exception {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(PortHolder.ofThisMachine().find((InetSocketAddress) socket.getLocalSocketAddress()))
                    .hasValueSatisfying(holder -> assertThat(holder)
                            .endsWith("(process " + ProcessHandle.current().pid() + ")"));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 0100007F, true",
        "127.0.0.1, 00000000, true",
        "0.0.0.0, 0100007F, true",
        "127.0.0.2, 0100007F, false",
        "127.0.0.1, 0000000000000000FFFF00000100007F, true",
        "127.0.0.1, 00000000000000000000000000000000, true",
        "::1, 00000000000000000000000001000000, true",
        "::1, 00000000000000000000000002000000, false",
    })
    void onlyAListenerThatIsInTheWayCounts(String wanted, String local, boolean isInTheWay) throws Exception {
        String table = local.length() == 8 ? "tcp" : "tcp6";
        table(table, line(local, "1F90", "0A", 501));

        assertThat(new PortHolder(proc).find(address(wanted, 8080)).isPresent()).isEqualTo(isInTheWay);
    }

    @Test
    void theCommandAndTheProcessAreNamed() throws Exception {
        table("tcp", line("0100007F", "1F91", "0A", 500) + line("0100007F", "1F90", "0A", 502));

        assertThat(new PortHolder(proc).find(address("127.0.0.1", 8080))).contains("nginx (process 12)");
    }

    @Test
    void aConnectionIsNoListener() throws Exception {
        table("tcp", line("0100007F", "1F90", "01", 501));

        assertThat(new PortHolder(proc).find(address("127.0.0.1", 8080))).isEmpty();
    }

    @Test
    void aHolderThatMayNotBeReadStaysUnknown() throws Exception {
        table("tcp", line("0100007F", "1F90", "0A", 999));

        assertThat(new PortHolder(proc).find(address("127.0.0.1", 8080))).isEmpty();
    }

    @Test
    void tablesThatAreDamagedOrMissingAreSurvived() throws Exception {
        assertThat(new PortHolder(proc).find(address("127.0.0.1", 8080))).isEmpty();
        table(
                "tcp",
                "a b c d e f g h i j\n" + line("xyz", "1F90", "0A", 501) + line("0100007F", "x", "0A", 501) + "\n"
                        + line("01", "1F90", "0A", 501));

        assertThat(new PortHolder(proc).find(address("127.0.0.1", 8080))).isEmpty();
    }

    private void process(int pid, String command, int... sockets) throws Exception {
        Path files = Files.createDirectories(proc.resolve(pid + "/fd"));
        Files.writeString(proc.resolve(pid + "/comm"), command + "\n");
        for (int socket : sockets) {
            Files.createSymbolicLink(files.resolve("" + socket), Path.of("socket:[" + socket + "]"));
        }
        Files.createSymbolicLink(files.resolve("0"), Path.of("pipe:[1]"));
    }

    private void table(String name, String lines) throws Exception {
        Files.writeString(proc.resolve("net").resolve(name), HEAD + lines);
    }

    private static String line(String address, String port, String state, int inode) {
        return "   0: " + address + ":" + port + " 00000000:0000 " + state
                + " 00000000:00000000 00:00000000 00000000     0        0 " + inode + " 1 0000 100 0\n";
    }

    private static InetSocketAddress address(String host, int port) throws Exception {
        return new InetSocketAddress(InetAddress.getAllByName(host)[0], port);
    }
}
