package io.millrace.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An address reads and prints the same, with brackets exactly around IPv6. */
class HostPortTest {
    @ParameterizedTest
    @CsvSource({
        "localhost:1, localhost, 1",
        "10.0.0.1:65535, 10.0.0.1, 65535",
        "[::1]:80, ::1, 80",
        "[fe80::1%eth0]:80, fe80::1%eth0, 80",
        "a-b.example.:80, a-b.example., 80"
    })
    void anAddressIsReadAndPrintedTheSame(String text, String host, int port) {
        assertThat(HostPort.parse(text)).isEqualTo(new HostPort(host, port));
        assertThat(HostPort.parse(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "localhost",
                "localhost:",
                ":80",
                "localhost:0",
                "localhost:65536",
                "localhost:x",
                "::1:80",
                "[localhost]:80",
                "a b:80",
                "-a:80",
                "[::1:80",
                "http://a:80",
                "a:80/"
            })
    void whatIsNoHostAndPortIsRefused(String text) {
        assertThatThrownBy(() -> HostPort.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is not host:port");
    }

    @ParameterizedTest
    @CsvSource({"::, [::]:80", "::1, [::1]:80", "2001:db8::1, [2001:db8::1]:80", "1:0:0:4::, [1::4:0:0:0:0]:80"})
    void zerosOfAnAddressAreLeftOut(String address, String shown) throws Exception {
        HostPort named = HostPort.of(new InetSocketAddress(InetAddress.getByName(address), 80));

        assertThat(named).hasToString(shown);
        assertThat(InetAddress.getByName(named.host())).isEqualTo(InetAddress.getByName(address));
    }

    @Test
    void aSocketAddressIsNamedByItsNumbers() {
        assertThat(HostPort.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 80)))
                .hasToString("127.0.0.1:80");
        assertThat(HostPort.of(InetSocketAddress.createUnresolved("a.example", 80)))
                .hasToString("a.example:80");
    }
}
