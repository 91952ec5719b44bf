package io.millrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A broker process with little memory, which ends when it runs out of it: a thousand connections that say nothing, and
 * readers that ask for much and do not read, cost others nothing.
 */
class BoundedMemoryIT {
    private static final int IDLE_CONNECTIONS = 1_000;
    private static final int SLOW_READERS = 10;
    /** Each answer is several mebibytes; together they are many times what the process has. */
    private static final int REQUESTS_OF_A_SLOW_READER = 60;

    private static final int LARGE_MESSAGES = 24;
    private static final int LARGE_MESSAGE_BYTES = 500_000;
    private static final long RESIDENT_BYTES_MAX = 700L << 20;

    @TempDir
    Path folder;

    @Test
    void idleConnectionsAndSlowReadersCostBoundedMemory() throws Exception {
        List<Socket> sockets = new ArrayList<>();
        try (ServerProcess server = ServerProcess.start(
                folder, List.of("-Xmx192m", "-XX:MaxDirectMemorySize=192m", "-XX:+ExitOnOutOfMemoryError"))) {
            fill(server.http());
            for (int i = 0; i < IDLE_CONNECTIONS; i++) {
                sockets.add(connect(server.http()));
            }
            for (int i = 0; i < SLOW_READERS; i++) {
                Socket reader = connect(server.http());
                sockets.add(reader);
                ask(reader, server.http());
            }
            work(server.http());
            long resident = residentBytes(server.pid());
            System.out.printf(
                    "bounded memory: %d idle connections, %d slow readers, %d MiB resident%n",
                    IDLE_CONNECTIONS, SLOW_READERS, resident >> 20);
            assertThat(resident).isLessThan(RESIDENT_BYTES_MAX);
        } finally {
            for (Socket each : sockets) {
                each.close();
            }
        }
    }

    private static void fill(URI server) throws IOException, InterruptedException {
        HttpQueue large = new HttpQueue(server, "large");
        large.create();
        for (int i = 0; i < LARGE_MESSAGES; i++) {
            large.publish(List.of("x".repeat(LARGE_MESSAGE_BYTES)));
        }
    }

    private static Socket connect(URI server) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4096);
        socket.connect(new InetSocketAddress(server.getHost(), server.getPort()), 10_000);
        return socket;
    }

    /** Asks for everything that is there, again and again, and reads nothing. */
    private static void ask(Socket socket, URI server) throws IOException {
        String request =
                "GET /v1/queues/large/messages?limit=100 HTTP/1.1\r\nHost: " + server.getAuthority() + "\r\n\r\n";
        OutputStream out = socket.getOutputStream();
        out.write(request.repeat(REQUESTS_OF_A_SLOW_READER).getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }

    /** What somebody else does meanwhile: every message arrives. */
    private static void work(URI server) throws IOException, InterruptedException {
        HttpQueue queue = new HttpQueue(server, "work");
        queue.create();
        for (int round = 0; round < 200; round++) {
            int number = round;
            queue.publish(IntStream.range(0, 10).mapToObj(i -> number + "-" + i).toList());
            List<HttpQueue.Message> received = queue.receive(10, 5_000, 30_000);
            assertThat(received).hasSize(10);
            assertThat(queue.acknowledge(received)).hasSize(10);
        }
    }

    private static long residentBytes(long pid) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) << 10;
            }
        }
        throw new IOException("no VmRSS for process " + pid);
    }
}
