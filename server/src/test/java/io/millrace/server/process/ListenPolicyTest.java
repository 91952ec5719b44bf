package io.millrace.server.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.server.config.ConfigurationException;
import io.millrace.server.config.DoorSettings;
import io.millrace.server.config.Settings;
import io.millrace.server.config.SettingsLoader;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Without a user nothing listens where other machines reach it. */
class ListenPolicyTest {
    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::", "192.0.2.1", "10.0.0.1", "fe80::1"})
    void beyondLoopbackAUserIsNeeded(String host) throws Exception {
        Settings settings = settings(door("http", true, "127.0.0.1"), door("kafka", true, host));

        assertThatThrownBy(() -> ListenPolicy.check(settings, false))
                .isInstanceOf(StartException.class)
                .hasMessageContaining("door kafka would listen on")
                .hasMessageContaining(host)
                .hasMessageContaining("./millrace user set NAME --password-stdin --data some/where)")
                .hasMessageContaining("doors.kafka.host");
        assertThatCode(() -> ListenPolicy.check(settings, true)).doesNotThrowAnyException();
    }

    @Test
    void onBookKeeperTheUserIsMadeThroughTheBroker() throws Exception {
        Settings settings = new SettingsLoader(Map.of(), 1L << 30)
                .storage("bookkeeper")
                .zooKeeper("zk:2181")
                .set("doors.http.host=0.0.0.0")
                .load();

        assertThatThrownBy(() -> ListenPolicy.check(settings, false))
                .isInstanceOf(StartException.class)
                .hasMessageContaining("user set NAME --password-stdin while the broker listens on 127.0.0.1")
                .hasMessageNotContaining("--data");
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.1.2.3", "::1", "localhost"})
    void onLoopbackNoUserIsNeeded(String host) {
        assertThatCode(() -> ListenPolicy.check(settings(door("http", true, host)), false))
                .doesNotThrowAnyException();
    }

    @Test
    void aDoorThatIsNotEnabledDoesNotCount() {
        assertThatCode(() -> ListenPolicy.check(settings(door("http", false, "0.0.0.0")), false))
                .doesNotThrowAnyException();
    }

    @Test
    void oneAddressBeyondLoopbackIsEnough() throws Exception {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        InetAddress other = InetAddress.getByAddress(new byte[] {10, 0, 0, 1});

        assertThat(ListenPolicy.isLoopback(loopback)).isTrue();
        assertThat(ListenPolicy.isLoopback(loopback, other)).isFalse();
    }

    @Test
    void aHostThatIsNotKnownIsRefused() {
        assertThatThrownBy(() -> ListenPolicy.check(settings(door("http", true, "no-such-host.invalid")), false))
                .isInstanceOf(StartException.class)
                .hasMessageContaining("is not known");
    }

    private static Settings settings(DoorSettings... doors) throws ConfigurationException {
        Settings defaults = new SettingsLoader(Map.of(), 1L << 30)
                .dataDirectory("some/where")
                .load();
        return new Settings(
                defaults.dataDirectory(),
                defaults.sealKeyFile(),
                Arrays.stream(doors).collect(Collectors.toMap(DoorSettings::name, each -> each)),
                defaults.limits(),
                defaults.queues(),
                defaults.storage(),
                defaults.log(),
                defaults.shutdownTimeout());
    }

    private static DoorSettings door(String name, boolean enabled, String host) {
        return new DoorSettings(name, enabled, host, 8080, Optional.empty(), Optional.empty());
    }
}
