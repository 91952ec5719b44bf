package io.millrace.storage.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.storage.local.SimulationCounts.Met;
import io.millrace.testkit.DiskOperation;
import io.millrace.testkit.DiskOperation.Kind;
import io.millrace.testkit.Survival;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One scenario, and a death in each of its operations on the disk, with each outcome for what was not synced: what was
 * promised is there afterwards, byte for byte.
 */
class DeathInEveryOperationTest {
    /** A scenario in which nothing happens would survive everything. */
    @Test
    void theScenarioMeetsEverythingThatIsDoneToFiles() throws IOException {
        Scenario scenario = new Scenario(0);
        List<DiskOperation> operations = new ArrayList<>();
        scenario.disk.onOperation(operations::add);

        assertThat(scenario.run()).isTrue();

        System.out.println("scenario: " + operations.size() + " operations, " + scenario.counts);
        for (Met met : List.of(
                Met.ADOPTED,
                Met.VACATED,
                Met.ADOPTED_READ,
                Met.ADOPTED_READ_AT_START,
                Met.SEGMENTS_WRITTEN,
                Met.SEGMENTS_DELETED)) {
            assertThat(scenario.counts.of(met)).as(met.name()).isPositive();
        }
        assertThat(scenario.counts.of(Met.CHECKPOINTS)).isGreaterThan(5);
        List<Kind> kinds = new ArrayList<>(List.of(Kind.values()));
        kinds.removeAll(List.of(Kind.TRUNCATE, Kind.CREATE_DIRECTORY));
        for (Kind kind : kinds) {
            assertThat(operations).anyMatch(each -> each.kind() == kind);
        }
        assertThat(names(operations, Kind.DELETE)).anyMatch(name -> name.startsWith("adopted-"));
        assertThat(names(operations, Kind.DELETE)).anyMatch(name -> name.startsWith("segment-"));
        assertThat(names(operations, Kind.RENAME)).anyMatch(name -> name.startsWith("manifest-"));
        assertThat(names(operations, Kind.RENAME))
                .anyMatch(name -> name.startsWith("journal-") && name.endsWith("log"));
    }

    private static List<String> names(List<DiskOperation> operations, Kind kind) {
        return operations.stream()
                .filter(each -> each.kind() == kind)
                .map(each -> each.path().getFileName().toString())
                .toList();
    }

    @ParameterizedTest
    @EnumSource(Survival.class)
    void aPowerCutBeforeAnyOperationIsSurvived(Survival survival) throws IOException {
        long operations = operations();
        for (long n = 1; n <= operations; n++) {
            long number = n;
            Scenario scenario = new Scenario(n);
            SplittableRandom random = new SplittableRandom(n);
            scenario.disk.onOperation(operation -> {
                if (operation.number() == number) {
                    scenario.disk.crash(survival, random);
                }
            });
            assertSurvived(scenario, n);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = 1)
    void aPowerCutInAnyOperationIsSurvived(long seed) throws IOException {
        long operations = operations();
        for (long n = 1; n <= operations; n++) {
            Scenario scenario = new Scenario(n * seed);
            scenario.disk.crashAt(n);
            assertSurvived(scenario, n);
        }
    }

    @Test
    void aKillInAnyOperationIsSurvived() throws IOException {
        long operations = operations();
        for (long n = 1; n <= operations; n++) {
            Scenario scenario = new Scenario(n);
            scenario.disk.killAt(n);
            assertSurvived(scenario, n);
        }
    }

    private static long operations() throws IOException {
        Scenario scenario = new Scenario(0);
        assertThat(scenario.run()).isTrue();
        return scenario.disk.operations();
    }

    private static void assertSurvived(Scenario scenario, long operation) throws IOException {
        try {
            assertThat(scenario.run()).as("the scenario dies").isFalse();
            scenario.goOnAfterDeath();
        } catch (AssertionError | IOException | RuntimeException e) {
            throw new AssertionError("after a death in operation " + operation, e);
        }
    }
}
