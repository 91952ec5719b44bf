package io.millrace.broker.message;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TextHashTest {
    /** The first test vector of FIPS 180-4, and "ü" as its two bytes of UTF-8. */
    @Test
    void itIsTheFirstHalfOfSha256() {
        assertThat(TextHash.of("abc")).isEqualTo(new TextHash(0xba7816bf8f01cfeaL, 0x414140de5dae2223L));
        assertThat(TextHash.of("\u00fc")).isNotEqualTo(TextHash.of("\u00c3\u00bc"));
        assertThat(TextHash.of("")).isNotEqualTo(TextHash.NONE);
    }
}
