package io.millrace.api.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.api.Http;
import io.millrace.api.LeakCheck;
import io.millrace.api.Rig;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(LeakCheck.class)
class QueueRoutesTest {
    @TempDir
    Path directory;

    Rig rig;
    Http http;

    @BeforeEach
    void open() throws IOException {
        rig = Rig.open(directory);
        http = rig.http();
    }

    @AfterEach
    void close() throws IOException {
        rig.close();
    }

    @Test
    void aQueueIsMadeOnceAndFoundAgain() {
        JsonNode made = http.put("/v1/queues/orders", "{\"leaseMillis\":5000}").expect(201).json();
        assertThat(made.at("/name").textValue()).isEqualTo("orders");
        assertThat(made.at("/space").textValue()).isEqualTo("root");
        assertThat(made.at("/settings/leaseMillis").longValue()).isEqualTo(5000);
        assertThat(made.at("/stats/ready").longValue()).isZero();

        http.put("/v1/queues/orders", "{\"leaseMillis\":5000}").expect(200);
        http.put("/v1/queues/orders", "").expect(200);
        assertThat(http.get("/v1/queues/orders").expect(200).json()).isEqualTo(made);
    }
}
