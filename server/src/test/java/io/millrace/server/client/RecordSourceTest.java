package io.millrace.server.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.testkit.SeedSource;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/** A stream is cut at its delimiters, however its bytes arrive. */
class RecordSourceTest {
    @ParameterizedTest
    @SeedSource(runs = 100)
    void recordsAreTheSameHoweverTheBytesArrive(long seed) throws Exception {
        var random = new Random(seed);
        List<String> records = new ArrayList<>();
        for (int i = random.nextInt(200); i >= 0; i--) {
            records.add("x".repeat(random.nextInt(10) == 0 ? random.nextInt(100_000) : random.nextInt(10)));
        }
        boolean isEnded =
                random.nextBoolean() || records.get(records.size() - 1).isEmpty();
        byte[] bytes = (String.join("\n", records) + (isEnded ? "\n" : "")).getBytes(UTF_8);

        assertThat(read(new RecordSource(piecemeal(bytes, random), (byte) '\n', 1 << 20)))
                .isEqualTo(records);
    }

    @Test
    void aRecordMayBeAsLongAsAllowedAndNoLonger() throws Exception {
        assertThat(read(source("12345\n12345"))).containsExactly("12345", "12345");
        RecordSource source = source("1\n123456\n");
        source.next();

        assertThatThrownBy(source::next).isInstanceOf(IOException.class).hasMessage("is longer than 5 B");
        assertThat(source.place()).isEqualTo("record 2");
    }

    @Test
    void anEndlessRecordIsRefusedBeforeItFillsTheMemory() {
        var endless = new InputStream() {
            @Override
            public int read() {
                return 'x';
            }

            @Override
            public int read(byte[] target, int offset, int length) {
                return length;
            }
        };

        assertThatThrownBy(() -> new RecordSource(endless, (byte) '\n', 1 << 20).next())
                .isInstanceOf(IOException.class);
    }

    @Test
    void itIsIdleWhenNoWholeRecordIsThereAndNothingArrives() throws Exception {
        RecordSource source = new RecordSource(new ByteArrayInputStream("a\nb\nc".getBytes(UTF_8)), (byte) '\n', 10);
        source.next();
        assertThat(source.isIdle()).isFalse();
        source.next();
        assertThat(source.isIdle()).isTrue();
    }

    private static RecordSource source(String text) {
        return new RecordSource(new ByteArrayInputStream(text.getBytes(UTF_8)), (byte) '\n', 5);
    }

    private static List<String> read(RecordSource source) throws IOException {
        List<String> records = new ArrayList<>();
        for (byte[] record = source.next(); record != null; record = source.next()) {
            records.add(new String(record, UTF_8));
        }
        return records;
    }

    /** Gives out at most a few bytes at a time. */
    private static InputStream piecemeal(byte[] bytes, Random random) {
        return new ByteArrayInputStream(bytes) {
            @Override
            public synchronized int read(byte[] target, int offset, int length) {
                return super.read(target, offset, Math.min(length, 1 + random.nextInt(5_000)));
            }
        };
    }
}
