package io.millrace.testkit;

import static io.millrace.testkit.DiskFixture.DIRECTORY;
import static io.millrace.testkit.DiskFixture.path;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/** What a power cut leaves of names is possible, and everything that is possible happens. */
class NameCrashPropertyTest {
    private static final List<String> NAMES = List.of("a", "b", "c", "d");

    @ParameterizedTest
    @SeedSource(runs = 300)
    void noFileHasTwoNamesAndNoneIsLostByARename(long seed) throws IOException {
        DiskFixture fixture = new DiskFixture(seed);
        for (int life = 0; life < 5; life++) {
            Set<String> durable = contents(fixture);
            fixture.disk.syncDirectory(DIRECTORY);
            Set<String> lost = new HashSet<>();
            for (int i = 0; i < 10; i++) {
                lost.addAll(step(fixture, life * 10 + i));
            }
            fixture.crash();

            Set<String> found = contents(fixture);
            durable.removeAll(lost);
            assertThat(found).containsAll(durable);
            assertThat(fixture.disk.list(DIRECTORY)).hasSameSizeAs(found);
        }
    }

    /** One change of names; returns the contents that it gave up. */
    private static Set<String> step(DiskFixture fixture, int number) throws IOException {
        SplittableRandom random = fixture.random;
        String name = NAMES.get(random.nextInt(NAMES.size()));
        if (!fixture.exists(name)) {
            fixture.unsynced(name, "file " + number).sync();
            return Set.of();
        }
        String other = NAMES.get(random.nextInt(NAMES.size()));
        if (random.nextInt(4) == 0) {
            Set<String> lost = Set.of(fixture.read(name));
            fixture.disk.delete(path(name));
            return lost;
        }
        Set<String> lost = fixture.exists(other) && !other.equals(name) ? Set.of(fixture.read(other)) : Set.of();
        fixture.disk.rename(path(name), path(other));
        return lost;
    }

    private static Set<String> contents(DiskFixture fixture) throws IOException {
        Set<String> contents = new HashSet<>();
        for (Path file : fixture.disk.list(DIRECTORY)) {
            contents.add(fixture.read(file.getFileName().toString()));
        }
        return contents;
    }

    @Test
    void allThatIsPossibleHappens() throws IOException {
        Set<String> seen = new HashSet<>();
        for (long seed = 0; seed < 300; seed++) {
            DiskFixture fixture = new DiskFixture(seed);
            fixture.durable("old", "O");
            fixture.durable("gone", "G");
            fixture.unsynced("new", "N").sync();
            fixture.disk.rename(path("new"), path("old"));
            fixture.disk.delete(path("gone"));
            fixture.crash();
            seen.add(picture(fixture));
        }
        assertThat(seen)
                .containsExactlyInAnyOrder(
                        "{gone=G, old=O}",
                        "{old=O}",
                        "{gone=G, new=N, old=O}",
                        "{new=N, old=O}",
                        "{gone=G, old=N}",
                        "{old=N}");
    }

    @Test
    void namesOfDirectoriesAreLostWithWhatIsInThem() throws IOException {
        Set<String> seen = new HashSet<>();
        for (long seed = 0; seed < 100; seed++) {
            DiskFixture fixture = new DiskFixture(seed);
            fixture.disk.faults().dropSyncs(true);
            fixture.disk.createDirectories(path("d"));
            fixture.disk.create(path("d").resolve("a")).sync();
            fixture.crash();
            seen.add(fixture.exists("d") + " " + fixture.disk.exists(path("d").resolve("a")));
        }
        assertThat(seen).containsExactlyInAnyOrder("false false", "true false", "true true");
    }

    private static String picture(DiskFixture fixture) throws IOException {
        TreeMap<String, String> names = new TreeMap<>();
        for (Path file : fixture.disk.list(DIRECTORY)) {
            names.put(
                    file.getFileName().toString(),
                    fixture.read(file.getFileName().toString()));
        }
        return names.toString();
    }
}
