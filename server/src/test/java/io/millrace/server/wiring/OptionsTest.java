package io.millrace.server.wiring;

import static org.assertj.core.api.Assertions.assertThatCode;

import io.millrace.server.config.ConfigurationException;
import io.millrace.server.config.Key;
import io.millrace.server.config.Schema;
import io.millrace.server.config.Settings;
import io.millrace.server.config.SettingsLoader;
import io.millrace.storage.bookkeeper.BookKeeperStoreProvider;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The parts of a broker take every value that the configuration admits. */
class OptionsTest {
    private static final Pattern RANGE = Pattern.compile("(?:number|size|duration), (\\S+) to ([^, ]+).*");

    @Test
    void theLeastAndTheMostOfEveryKeyAreTaken() {
        for (Key<?> key : Schema.keys()) {
            Matcher range = RANGE.matcher(key.form());
            if (range.matches()) {
                take(
                        "limits.message-bytes=1B",
                        "limits.request-bytes=1KiB",
                        "queues.lease=1s",
                        "storage.journal.file-bytes=1MiB",
                        "storage.journal.bytes=1MiB",
                        "limits.unsynced-bytes=64KiB",
                        "storage.bookkeeper.write-quorum=1",
                        "storage.bookkeeper.ack-quorum=1",
                        set(key, range.group(1)));
                take(
                        "limits.request-bytes=1GiB",
                        "limits.requests-bytes-total=1TiB",
                        "storage.bookkeeper.ensemble=100",
                        "storage.bookkeeper.write-quorum=100",
                        set(key, range.group(2)));
            }
        }
    }

    private static String set(Key<?> key, String value) {
        return key.name() + "=" + value;
    }

    private static void take(String... assignments) {
        assertThatCode(() -> {
                    Settings settings = load(assignments);
                    Options.broker(settings, Options.localStore(settings));
                    new BookKeeperStoreProvider().opener(Options.clusterStore(settings));
                    Options.http(settings.doors().get("http"), settings);
                })
                .as(String.join(" ", assignments))
                .doesNotThrowAnyException();
    }

    private static Settings load(String... assignments) throws ConfigurationException {
        var loader = new SettingsLoader(Map.of(), 1L << 30).zooKeeper("127.0.0.1:2181");
        for (String each : assignments) {
            loader.set(each);
        }
        return loader.load();
    }
}
