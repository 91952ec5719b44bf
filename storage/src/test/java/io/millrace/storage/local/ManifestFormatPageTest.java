package io.millrace.storage.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.storage.Extent;
import io.millrace.storage.local.ManifestFile.AdoptedExtent;
import io.millrace.testkit.FormatTable;
import io.millrace.testkit.SimulatedFileSystem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** docs/formats/manifest.md and the code say the same. */
class ManifestFormatPageTest {
    private static final String PAGE = "manifest.md";
    private static final UUID STORE = new UUID(1, 2);

    @Test
    void theHeaderIsAsThePageSays() throws IOException {
        FormatTable table = FormatTable.of(PAGE, "field of the header");

        assertThat(table.assertContiguous()).isEqualTo(ManifestFile.HEADER_BYTES);
        assertThat(table.numbers(1))
                .isEqualTo(Map.of(
                        "magic", ManifestFile.MAGIC_AT,
                        "crc", ManifestFile.CRC_AT,
                        "version", ManifestFile.VERSION_AT,
                        "store id", ManifestFile.STORE_HIGH_AT,
                        "shard", ManifestFile.SHARD_AT,
                        "adopted", ManifestFile.ADOPTED_AT,
                        "replay from", ManifestFile.REPLAY_FROM_AT,
                        "manifest bytes", ManifestFile.MANIFEST_BYTES_AT,
                        "content crc", ManifestFile.CONTENT_CRC_AT,
                        "reserved", ManifestFile.CONTENT_CRC_AT + Integer.BYTES));
        assertThat(ManifestFile.STORE_LOW_AT).isEqualTo(ManifestFile.STORE_HIGH_AT + Long.BYTES);
        assertThat(ManifestFile.VERSION).isEqualTo(1);
    }

    /** A file is taken apart by what the page says alone. */
    @Test
    void aFileIsAsThePageSays() throws IOException {
        Map<String, Integer> header =
                FormatTable.of(PAGE, "field of the header").numbers(1);
        FormatTable extentTable = FormatTable.of(PAGE, "field of an adopted extent");
        Map<String, Integer> extent = extentTable.numbers(1);
        assertThat(extentTable.assertContiguous()).isEqualTo(ManifestFile.ADOPTED_BYTES);

        ByteBuffer file = written(new ManifestFile(
                77,
                List.of(new AdoptedExtent(3, new Extent(4, 5, 6)), new AdoptedExtent(7, new Extent(8, 9, 10))),
                new byte[] {11, 12, 13}));

        assertThat(StandardCharsets.US_ASCII.decode(file.slice(0, Long.BYTES)).toString())
                .isEqualTo("MILLMANI");
        assertThat(file.getInt(header.get("version"))).isEqualTo(1);
        assertThat(file.getLong(header.get("store id"))).isEqualTo(1);
        assertThat(file.getLong(header.get("store id") + Long.BYTES)).isEqualTo(2);
        assertThat(file.getInt(header.get("shard"))).isEqualTo(5);
        assertThat(file.getInt(header.get("adopted"))).isEqualTo(2);
        assertThat(file.getLong(header.get("replay from"))).isEqualTo(77);
        assertThat(file.getInt(header.get("manifest bytes"))).isEqualTo(3);
        assertThat(file.getLong(header.get("reserved"))).isZero();
        int second = ManifestFile.HEADER_BYTES + ManifestFile.ADOPTED_BYTES;
        assertThat(file.getLong(second + extent.get("file"))).isEqualTo(7);
        assertThat(file.getLong(second + extent.get("from"))).isEqualTo(8);
        assertThat(file.getLong(second + extent.get("to"))).isEqualTo(9);
        assertThat(file.getLong(second + extent.get("live bytes"))).isEqualTo(10);
        int content = second + ManifestFile.ADOPTED_BYTES;
        assertThat(file.slice(content, file.limit() - content)).isEqualTo(ByteBuffer.wrap(new byte[] {11, 12, 13}));
    }

    private static ByteBuffer written(ManifestFile manifest) throws IOException {
        SimulatedFileSystem disk = new SimulatedFileSystem(new SplittableRandom(1));
        disk.createDirectories(StoreProcess.DIRECTORY);
        manifest.prepare(disk, StoreProcess.DIRECTORY, STORE, 5);
        ManifestFile.publish(disk, StoreProcess.DIRECTORY, 5);
        try (var file = disk.open(ManifestFile.path(StoreProcess.DIRECTORY, 5))) {
            ByteBuffer bytes = ByteBuffer.allocate((int) file.size());
            file.read(bytes, 0);
            return bytes.flip();
        }
    }
}
