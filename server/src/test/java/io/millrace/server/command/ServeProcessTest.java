package io.millrace.server.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.server.process.ChildProcess;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code millrace serve} as a process: what scripts and service managers see of it. */
class ServeProcessTest {
    @TempDir
    Path directory;

    @Test
    void itTellsWhereItListensAndEndsInOrderOnSigterm() throws Exception {
        Path ready = directory.resolve("ready.json");
        try (ChildProcess serve = serve("--free-ports", "--ready-file", ready.toString())) {
            List<String> lines = serve.awaitLine("Ready");
            assertThat(lines.get(0)).startsWith("Millrace ").endsWith("data in " + directory.resolve("data"));
            assertThat(lines.get(1)).matches("  http +127\\.0\\.0\\.1:[0-9]+");
            // Printed first, written second: a client that waits for the file has the whole of it.
            await().until(() -> Files.exists(ready));
            JsonNode doors = new ObjectMapper().readTree(ready.toFile());
            String[] address = doors.get("http").textValue().split(":", -1);
            new Socket(address[0], Integer.parseInt(address[1])).close();

            serve.terminate();
            assertThat(serve.awaitExit()).as(serve.errors()).isZero();
            assertThat(ready).doesNotExist();
            assertThat(serve.errors()).contains("SIGTERM: ending in order, within 10s");
        }
    }

    @Test
    void anEndThatHangsIsCutShort() throws Exception {
        try (ChildProcess serve = ChildProcess.run(
                directory,
                FakeMain.class,
                "hanging",
                "serve",
                "--data",
                directory.resolve("data").toString(),
                "--free-ports",
                "--set",
                "shutdown.timeout=100ms")) {
            serve.awaitLine("Ready");
            serve.terminate();

            assertThat(serve.awaitExit()).isEqualTo(1);
            assertThat(serve.errors()).contains("took longer than shutdown.timeout");
        }
    }

    @Test
    void aTakenPortStopsTheStartAndNamesTheHolder() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ChildProcess serve = serve("--set", "doors.http.port=" + taken.getLocalPort())) {
            assertThat(serve.awaitExit()).isEqualTo(1);
            assertThat(serve.errors().lines())
                    .singleElement()
                    .asString()
                    .startsWith("millrace serve: door http cannot listen on 127.0.0.1:" + taken.getLocalPort())
                    .contains("(process " + ProcessHandle.current().pid() + ")", "doors.http.port");
        }
    }

    @Test
    void aSecondProcessOnTheDirectoryIsRefused() throws Exception {
        try (ChildProcess first = serve("--free-ports")) {
            first.awaitLine("Ready");
            try (ChildProcess second = serve("--free-ports")) {
                assertThat(second.awaitExit()).isEqualTo(1);
                assertThat(second.errors().lines())
                        .singleElement()
                        .asString()
                        .contains("is in use by process " + first.pid());
            }
        }
    }

    private ChildProcess serve(String... options) throws Exception {
        List<String> arguments = new ArrayList<>(
                List.of("serve", "--data", directory.resolve("data").toString()));
        arguments.addAll(List.of(options));
        return ChildProcess.run(directory, FakeMain.class, arguments.toArray(String[]::new));
    }
}
