package io.millrace.testkit;

import static io.millrace.testkit.DiskFixture.path;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.base.file.StorageFile;
import io.millrace.testkit.DiskOperation.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/** What a power cut leaves of a file is possible, and everything that is possible happens. */
class FileCrashPropertyTest {
    private static final int FILE_BYTES_MAX = 12_000;

    @ParameterizedTest
    @SeedSource(runs = 300)
    void afterACutEachByteIsOneThatItWas(long seed) throws IOException {
        DiskFixture fixture = new DiskFixture(seed);
        fixture.durable("a", "").close();
        FileHistory history = new FileHistory(FILE_BYTES_MAX);
        for (int life = 0; life < 5; life++) {
            try (StorageFile file = fixture.disk.open(path("a"))) {
                int steps = fixture.random.nextInt(12);
                for (int i = 0; i < steps; i++) {
                    step(fixture, file, history);
                    assertThat(DiskFixture.content(file)).isEqualTo(Arrays.copyOf(history.current, history.length));
                }
            }
            fixture.crash();
            assertThat(history.objections(fixture.content("a"))).isEmpty();
        }
    }

    private static void step(DiskFixture fixture, StorageFile file, FileHistory history) throws IOException {
        SplittableRandom random = fixture.random;
        switch (random.nextInt(9)) {
            case 0 -> {
                file.sync();
                history.synced();
            }
            case 1 -> {
                fixture.disk.faults().fail(Kind.SYNC, 1);
                try {
                    file.sync();
                } catch (IOException expected) {
                    history.syncFailed();
                }
            }
            case 2 -> {
                int size = random.nextInt(history.length + 1);
                file.truncate(size);
                history.cut(size);
            }
            case 3 -> {
                int size = random.nextInt(FILE_BYTES_MAX);
                file.reserve(size);
                if (size > history.length) {
                    history.wrote(history.length, new byte[size - history.length]);
                }
            }
            default -> {
                byte[] content = new byte[random.nextInt(1, random.nextBoolean() ? 100 : 5000)];
                Arrays.fill(content, (byte) random.nextInt(256));
                int position = random.nextInt(FILE_BYTES_MAX - content.length);
                file.write(ByteBuffer.wrap(content), position);
                history.wrote(position, content);
            }
        }
    }

    @Test
    void allThatIsPossibleHappens() throws IOException {
        Set<String> seen = new HashSet<>();
        for (long seed = 0; seed < 3000; seed++) {
            DiskFixture fixture = new DiskFixture(seed);
            StorageFile file = fixture.durable("a", "o".repeat(2048));
            file.write(DiskFixture.bytes("1".repeat(1024)), 0);
            file.write(DiskFixture.bytes("2".repeat(1024)), 0);
            file.write(DiskFixture.bytes("3".repeat(1024)), 2048);
            fixture.crash();
            describe(fixture.read("a"), seen);
        }
        assertThat(seen)
                .contains(
                        "nothing",
                        "all",
                        "an earlier write without a later one",
                        "a later write without an earlier one",
                        "the first version of a byte written twice",
                        "a later sector without an earlier one of the same write",
                        "a torn sector",
                        "length without content",
                        "part of the length");
    }

    @Test
    void aSectorIsTornAlthoughTheWriteIsNot() throws IOException {
        Set<Integer> lost = new HashSet<>();
        for (long seed = 0; seed < 300; seed++) {
            DiskFixture fixture = new DiskFixture(seed);
            StorageFile file = fixture.durable("a", "o".repeat(1024));
            file.write(DiskFixture.bytes("n".repeat(1024)), 0);
            fixture.crash(Survival.SECTORS);
            lost.add(fixture.read("a").replace("n", "").length());
        }
        assertThat(lost).contains(0, 512, 1024).hasSizeGreaterThan(20);
    }

    private static void describe(String content, Set<String> seen) {
        String first = content.substring(0, 1024);
        String second = content.substring(2048);
        note(seen, "nothing", first.equals("o".repeat(1024)) && second.isEmpty());
        note(seen, "all", first.equals("2".repeat(1024)) && second.equals("3".repeat(1024)));
        note(seen, "an earlier write without a later one", first.startsWith("2") && second.isEmpty());
        note(seen, "a later write without an earlier one", first.startsWith("o") && second.startsWith("3"));
        note(seen, "the first version of a byte written twice", first.equals("1".repeat(1024)));
        note(seen, "a later sector without an earlier one of the same write", first.matches("o{512}[12]{512}"));
        note(
                seen,
                "a torn sector",
                first.matches("o+[12]+") && first.indexOf('o') == 0 && first.lastIndexOf('o') % 512 != 511);
        note(seen, "length without content", second.matches("\0{512,}"));
        note(seen, "part of the length", !second.isEmpty() && second.length() % 512 != 0);
    }

    private static void note(Set<String> seen, String what, boolean happened) {
        if (happened) {
            seen.add(what);
        }
    }
}
