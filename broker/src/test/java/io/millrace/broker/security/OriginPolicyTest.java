package io.millrace.broker.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class OriginPolicyTest {
    @ParameterizedTest
    @CsvSource({
        "http://localhost:8080,     localhost:8080",
        "http://127.0.0.1:8080,     127.0.0.1:8080",
        "http://[::1]:8080,         [::1]:8080",
        "HTTP://Broker.Example,     broker.example",
        "http://broker.example,     broker.example:80",
        "http://broker.example:80,  broker.example",
        "https://broker.example,    broker.example",
        "https://broker.example,    broker.example:443",
        "https://broker.example:9,  BROKER.example:9",
    })
    void aPageOfTheBrokerItselfIsAdmitted(String origin, String host) {
        assertThat(OriginPolicy.admits(List.of(origin), host)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "http://evil.example,              localhost:8080",
        "http://localhost:3000,            localhost:8080",
        "http://localhost,                 localhost:8080",
        "http://127.0.0.1:8080,            localhost:8080",
        "https://broker.example,           broker.example:80",
        "http://broker.example,            broker.example:443",
        "http://localhost:8080.evil,       localhost:8080",
        "http://localhost:8080@evil,       localhost:8080",
        "http://evil@localhost:8080,       localhost:8080",
        "http://localhost:8080/,           localhost:8080",
        "http://localhost:8080/path,       localhost:8080",
        "http://localhost:08080000,        localhost:8080",
        "http://localhost:65536,           localhost:65536",
        "http://localhost:,                localhost:",
        "http://,                          localhost",
        "http:localhost:8080,              localhost:8080",
        "localhost:8080,                   localhost:8080",
        "null,                             localhost:8080",
        "file://,                          localhost:8080",
        "chrome-extension://localhost,     localhost",
        "ws://localhost:8080,              localhost:8080",
        "http://[::1]:8080,                [::2]:8080",
        "http://[::1,                      [::1",
        "http://[localhost]:1,             [localhost]:1",
        "'',                               localhost:8080",
        "http://a b:1,                     a b:1",
        "http://localhost:8080,            ''",
    })
    void anyOtherPageIsRefused(String origin, String host) {
        assertThat(OriginPolicy.admits(List.of(origin), host)).isFalse();
    }

    @Test
    void aProgramSendsNoOriginAndIsAdmittedWhateverItsHostHeader() {
        assertThat(OriginPolicy.admits(List.of(), "anything")).isTrue();
        assertThat(OriginPolicy.admits(List.of(), null)).isTrue();
    }

    @Test
    void severalOriginsOrNoHostAreRefused() {
        assertThat(OriginPolicy.admits(List.of("http://a", "http://a"), "a")).isFalse();
        assertThat(OriginPolicy.admits(List.of("http://a"), null)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "LOCALHOST:8080", "127.0.0.1", "127.8.9.10:80", "[::1]", "[::1]:8080"})
    void theNamesOfThisMachine(String authority) {
        assertThat(OriginPolicy.namesThisMachine(authority)).isTrue();
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {
                "",
                "evil.example",
                "evil.example:8080",
                "127.0.0.1.evil.example",
                "localhost.evil.example",
                "127.1",
                "0.0.0.0",
                "127.0.0.01",
                "127.0.0.1:x",
                "[::2]",
                "[::1]x",
                "user@localhost",
                "localhost:",
                "2130706433"
            })
    void anyOtherNameMayBeAnAttackersForThisMachine(String authority) {
        assertThat(OriginPolicy.namesThisMachine(authority)).isFalse();
    }
}
