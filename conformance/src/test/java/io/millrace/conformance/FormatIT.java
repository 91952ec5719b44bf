package io.millrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Data directories that earlier formats have left stay readable. Each was made by {@code conformance/data-directory}
 * with a broker that was killed: two messages of {@code orders} acknowledged, one released and one leased for twelve
 * hours, seven in {@code mails}, the rest of {@code logs} moved into segments, and much of {@code files} in adopted
 * files.
 */
class FormatIT {
    private static final List<String> SMALL = List.of("-Xmx64m");

    @TempDir
    Path folder;

    private final HttpClient client = HttpClient.newHttpClient();

    @Test
    void aDirectoryOfFormat1IsRead() throws Exception {
        unpack("format-1.tar.gz");
        for (int start = 0; start < 2; start++) {
            try (ServerProcess server = ServerProcess.start(
                    folder, SMALL, "--set", "storage.shards=4", "--set", "storage.journal.file-bytes=1MiB")) {
                HttpQueue orders = new HttpQueue(server.http(), "orders");
                assertThat(orders.count("nextOffset")).isEqualTo(320);
                assertThat(orders.count("ready") + orders.count("delayed") + orders.count("leased"))
                        .isEqualTo(318);
                assertThat(get(server.http(), "/v1/queues/orders/messages?from=4&limit=1"))
                        .contains("\"order 5\"");
                assertThat(get(server.http(), "/v1/queues/mails")).contains("\"nextOffset\":7");
                HttpQueue logs = new HttpQueue(server.http(), "logs");
                assertThat(logs.count("nextOffset")).isEqualTo(1000);
                assertThat(logs.count("ready")).isEqualTo(40);
                assertThat(get(server.http(), "/v1/queues/logs/messages?from=0&limit=1"))
                        .contains("\"log 961 ");
                assertThat(new HttpQueue(server.http(), "receipts").count("ready"))
                        .isEqualTo(1);
                assertThat(new HttpQueue(server.http(), "returns").count("ready"))
                        .isEqualTo(1);
                HttpQueue files = new HttpQueue(server.http(), "files");
                assertThat(files.count("ready")).isEqualTo(400);
                assertThat(files.count("damaged")).isZero();
                assertThat(get(server.http(), "/v1/queues/files/messages?from=0&limit=1"))
                        .contains("\"file 1 ");
            }
        }
    }

    @Test
    void aDumpShowsWhatIsInFilesOfEachKind() throws Exception {
        unpack("format-1.tar.gz");

        FinishedProcess dump = FinishedProcess.millrace(
                folder, "", "data", "dump", folder.resolve("data").toString());

        assertThat(dump.status()).as(dump.output()).isZero();
        assertThat(dump.output())
                .contains(
                        "\n  entries segment=",
                        "\n  log log=",
                        "\n  run log=",
                        "\n    entry log=",
                        "\n      entry log=")
                .doesNotContainPattern("(?m)^ *damaged");
    }

    private String get(URI server, String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(server.resolve(path))
                .header("Millrace-Space", path.contains("mails") ? "shop" : "root")
                .build();
        return client.send(request, BodyHandlers.ofString()).body();
    }

    private void unpack(String name) throws Exception {
        Path archive = folder.resolve(name);
        try (InputStream stored = Objects.requireNonNull(FormatIT.class.getResourceAsStream("/data/" + name))) {
            Files.copy(stored, archive);
        }
        Path data = Files.createDirectories(folder.resolve("data"));
        FinishedProcess unpacked = FinishedProcess.run(data, Map.of(), "", List.of("tar", "-xzf", archive.toString()));
        assertThat(unpacked.status()).as(unpacked.output()).isZero();
    }
}
