package io.millrace.storage.bookkeeper;

import static io.millrace.storage.bookkeeper.StoreLife.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.storage.CorruptEntryException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Entries whose bytes have changed on the disks of bookies. */
class DamagedEntryTest {
    @RegisterExtension
    static final ClusterExtension CLUSTER = new ClusterExtension();

    private final List<byte[]> records = new ArrayList<>();
    private final List<Long> positions = new ArrayList<>();

    @Test
    void whatIsDamagedOnSomeBookiesIsReadFromAnother() throws Exception {
        BookKeeperOptions options = written();
        assertThat(damage(records.get(5), 2)).isPositive();

        try (StoreLife life = new StoreLife(options)) {
            assertThat(life.owners.get(0).records).containsExactlyElementsOf(records);
        }
    }

    @Test
    void whatIsDamagedOnAllBookiesIsReportedAndTheRestReplayed() throws Exception {
        BookKeeperOptions options = written();
        assertThat(damage(records.get(5), 3)).isPositive();
        assertThat(damage(records.get(8), 3)).isPositive();

        StoreLife life = new StoreLife(options);
        List<byte[]> left = new ArrayList<>(records);
        left.remove(8);
        left.remove(5);
        assertThat(life.owners.get(0).records).containsExactlyElementsOf(left);
        assertThat(life.owners.get(0).violations())
                .hasSize(2)
                .allMatch(each -> each.contains("is damaged on every bookie that has it"));
        assertThat(life.store.damages())
                .hasSize(2)
                .allMatch(each -> each.file().equals("log of shard 0") && each.bytes() >= 1000);
        for (int damaged : new int[] {5, 8}) {
            int length = records.get(damaged).length;
            assertThatThrownBy(() -> life.read(0, positions.get(damaged), length))
                    .hasCauseInstanceOf(CorruptEntryException.class);
            assertThatThrownBy(() -> life.readByJob(0, positions.get(damaged), length))
                    .cause()
                    .isInstanceOf(IOException.class)
                    .hasCauseInstanceOf(CorruptEntryException.class);
        }
        assertThat(life.read(0, positions.get(6), 1000)).isEqualTo(records.get(6));
        assertThat(life.readByJob(0, positions.get(6), 1000)).isEqualTo(records.get(6));
        life.confirm(0, bytes(10, 1));
        life.owners.get(0).forgetViolations();
        life.close();
    }

    /** A record per entry, the sixth of them in several. */
    private BookKeeperOptions written() throws Exception {
        BookKeeperOptions options = CLUSTER.options(1);
        try (StoreLife life = new StoreLife(options)) {
            for (int i = 0; i < 12; i++) {
                records.add(bytes(i == 5 ? 200_000 : 1000, System.nanoTime()));
                positions.add(life.confirm(0, records.get(i)));
            }
        }
        return options;
    }

    /**
     * Flips a bit in the middle of {@code record} wherever the first {@code bookies} have it on disk; the cluster
     * restarts.
     */
    private static int damage(byte[] record, int bookies) throws Exception {
        LocalCluster cluster = CLUSTER.cluster();
        cluster.close();
        int flipped = 0;
        for (int i = 0; i < bookies; i++) {
            try (var files = Files.walk(cluster.bookieDirectory(i))) {
                for (Path each : files.filter(Files::isRegularFile).toList()) {
                    flipped += flip(each, record);
                }
            }
        }
        cluster.restart();
        return flipped;
    }

    private static int flip(Path file, byte[] record) throws IOException {
        byte[] content = Files.readAllBytes(file);
        int middle = record.length / 2;
        int flipped = 0;
        for (int at = 0; at + 32 <= content.length; at++) {
            if (java.util.Arrays.equals(content, at, at + 32, record, middle, middle + 32)) {
                content[at] ^= 4;
                flipped++;
            }
        }
        if (flipped > 0) {
            Files.write(file, content);
        }
        return flipped;
    }
}
