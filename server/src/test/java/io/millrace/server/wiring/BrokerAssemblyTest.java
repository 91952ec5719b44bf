package io.millrace.server.wiring;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.server.config.Settings;
import io.millrace.server.config.SettingsLoader;
import io.millrace.server.logging.LogFormat;
import io.millrace.server.logging.Logging;
import io.millrace.server.process.StartException;
import io.millrace.testkit.LeakCheck;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.event.Level;

@LeakCheck
class BrokerAssemblyTest {
    @TempDir
    Path directory;

    @Test
    void aCertificateThatCannotBeUsedStopsTheStartAndNamesTheKeys() throws Exception {
        Path chain = directory.resolve("chain.pem");
        Settings settings = new SettingsLoader(Map.of(), Runtime.getRuntime().maxMemory())
                .dataDirectory(directory.resolve("data").toString())
                .set("doors.http.port=0")
                .set("doors.http.tls.certificate=" + chain)
                .set("doors.http.tls.key=" + chain)
                .set("storage.journal.file-bytes=4MiB")
                .load();
        try (Logging logging = Logging.start(LogFormat.TEXT, Level.ERROR, OutputStream.nullOutputStream())) {
            assertThatThrownBy(() -> new BrokerAssembly().start(settings, logging.levels()))
                    .isInstanceOf(StartException.class)
                    .hasMessageStartingWith("door http cannot speak TLS: certificate " + chain)
                    .hasMessageContainingAll("no such file", "doors.http.tls.certificate", "doors.http.tls.key");
        }
    }
}
