package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.inspect.StoredIndex;
import io.millrace.engine.inspect.StoredLine;
import io.millrace.engine.inspect.StoredText;
import io.millrace.engine.policy.EngineLimits;
import io.millrace.storage.CorruptEntryException;
import io.millrace.storage.run.RunListing;
import io.millrace.storage.run.RunVerifier;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What each index of a shard has written to disk is told by name. */
class StoredIndexTest extends ShardFixture {
    private static final int MESSAGES = 20;
    private static final int HEAD = 8;
    private static final long FIRST_PRIORITY = 100;

    private long wallMillis;

    @BeforeEach
    void smallHeads() {
        restartWith(new EngineLimits(1 << 20, 1_000, 1 << 20, HEAD));
        wallMillis = clock.epochMillis();
    }

    @Test
    void delaysTellLogOffsetAndWhenTheyAreOver() throws Exception {
        publishAll(probe -> probe.delayNanos(1_000 * SECOND));

        assertThat(records("delays")).hasSizeGreaterThanOrEqualTo(HEAD).allSatisfy(line -> {
            assertThat(line.what()).isEqualTo("due");
            assertThat(line.isAbout(QUEUE)).isTrue();
            assertThat(line.values()).containsOnlyKeys("log", "offset", "dueMillis");
            assertThat((Long) line.values().get("dueMillis")).isBetween(wallMillis + 1_000_000, wallMillis + 1_000_100);
        });
        assertThat(offsets("delays")).startsWith(0L, 1L, 2L);
    }

    @Test
    void datesTellPrioritiesThatAreNotTheUsual() throws Exception {
        publishAll(probe -> probe.dueMillis(wallMillis + 5_000_000).priority(-2));

        assertThat(records("dates")).hasSizeGreaterThanOrEqualTo(HEAD).allSatisfy(line -> {
            assertThat(line.values()).containsEntry("dueMillis", wallMillis + 5_000_000);
            assertThat(line.values()).containsEntry("priority", (1L << 32) - 2);
        });
    }

    @Test
    void expiriesTellWhen() throws Exception {
        publishAll(probe -> probe.expiryMillis(wallMillis + 7_000_000));

        assertThat(records("expiries")).hasSizeGreaterThanOrEqualTo(HEAD).allSatisfy(line -> {
            assertThat(line.what()).isEqualTo("expires");
            assertThat(line.isAbout(QUEUE)).isTrue();
            assertThat(line.values()).containsEntry("expiryMillis", wallMillis + 7_000_000);
        });
    }

    @Test
    void prioritiesTellOffsets() throws Exception {
        publishWithPriorities();

        assertThat(records("priorities"))
                .hasSizeGreaterThanOrEqualTo(HEAD)
                .allSatisfy(line -> assertThat(line.values()).containsOnlyKeys("priority", "offset"))
                .allMatch(line -> line.values()
                        .get("priority")
                        .equals(FIRST_PRIORITY - (Long) line.values().get("offset")));
    }

    /** Each before all that were published earlier. */
    private void publishWithPriorities() {
        long[] priority = {FIRST_PRIORITY};
        publishAll(probe -> probe.priority((int) priority[0]--));
    }

    @Test
    void groupsTellTheirHash() throws Exception {
        publishAll(probe -> probe.group(3));

        assertThat(records("groups")).hasSizeGreaterThanOrEqualTo(HEAD).allSatisfy(line -> assertThat(line.values())
                .containsEntry("group", "00000000000000010000000000000002"));
    }

    @Test
    void keysTellTheFirstOffsetAndTheEndOfTheWindow() throws Exception {
        int[] key = {0};
        publishAll(probe -> probe.key(++key[0], 100 * SECOND));

        List<StoredLine> lines = records("keys");
        assertThat(lines).hasSizeGreaterThanOrEqualTo(HEAD).allSatisfy(line -> assertThat(
                        (Long) line.values().get("untilMillis"))
                .isBetween(wallMillis + 100_000, wallMillis + 100_100));
        assertThat(lines).extracting(line -> line.values().get("hash")).doesNotHaveDuplicates();
        assertThat(offsets("keys")).doesNotHaveDuplicates().allMatch(offset -> (Long) offset < MESSAGES);
    }

    @Test
    void manifestAndSnapshotNameTheRunsOfAQueue() throws IOException {
        publishWithPriorities();
        log.wantTrim(log.syncedPosition());
        run();

        List<StoredLine> manifest = new ArrayList<>();
        StoredText.manifest(log.manifest(), manifest::add);
        List<StoredLine> snapshot = new ArrayList<>();
        for (long segment : segments(manifest, "snapshot")) {
            StoredText.snapshot(log.segments(), shard.id(), segment, snapshot::add);
        }

        List<String> runs =
                segments(manifest, "index-run").stream().map(String::valueOf).toList();
        assertThat(runs).isNotEmpty();
        assertThat(snapshot)
                .anyMatch(
                        line -> line.isAbout(QUEUE) && runs.equals(line.values().get("priorityRuns")));
    }

    private static List<Long> segments(List<StoredLine> lines, String what) {
        return lines.stream()
                .filter(line -> line.what().equals(what))
                .map(line -> (Long) line.values().get("segment"))
                .toList();
    }

    @Test
    void whatAnIndexOfALaterVersionSaysIsTold() {
        assertThat(StoredIndex.run(99, 1).values()).containsEntry("of", "unknown");
        assertThat(StoredIndex.record(99, 1, 2, 3).values()).isEqualTo(Map.of("key", 1L, "sub", 2L, "value", 3L));
    }

    private void publishAll(Consumer<PublishProbe> attributes) {
        for (int i = 0; i < MESSAGES; i++) {
            PublishProbe probe = probe(1);
            attributes.accept(probe);
            publish(probe);
        }
    }

    private List<Object> offsets(String index) throws Exception {
        List<Object> offsets = new ArrayList<>();
        records(index).forEach(line -> offsets.add(line.values().get("offset")));
        return offsets;
    }

    /** The records of the runs of this index. */
    private List<StoredLine> records(String index) throws IOException, CorruptEntryException {
        List<StoredLine> lines = new ArrayList<>();
        for (long segment : log.segments().list()) {
            if (!RunVerifier.isRun(log.segments(), segment)) {
                continue;
            }
            RunListing run = RunListing.read(log.segments(), segment);
            if (index.equals(StoredIndex.run(run.kind(), run.records()).values().get("of"))) {
                run.visit(
                        (key, sub, value) -> lines.add(StoredIndex.record(run.kind(), key, sub, value)),
                        damage -> lines.add(new StoredLine("damaged")));
            }
        }
        return lines;
    }
}
