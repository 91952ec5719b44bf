package io.millrace.engine.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.segment.EntrySegment;
import io.millrace.storage.Extent;
import io.millrace.testkit.FormatTable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** docs/formats/snapshot.md and the code say the same of what a shard says of itself in a checkpoint. */
class ManifestFormatPageTest {
    private static final String PAGE = "snapshot.md";

    @Test
    void theShardsManifestIsAsThePageSays() throws IOException {
        EntrySegment plain = new EntrySegment(11, 12, 22, null, 13);
        EntrySegment adopted = new EntrySegment(14, 15, 23, new Extent(16, 17, 0), 18);
        ByteBuffer written = ByteBuffer.wrap(new ManifestFormat(
                        5, 6, List.of(new ManifestFormat.SnapshotPart(7, 8)), List.of(plain, adopted), List.of(21L))
                .encode());

        FormatTable head = FormatTable.of(PAGE, "field of the shard's manifest");
        Map<String, Integer> fields = head.numbers(1);
        assertThat(written.getInt(fields.get("version"))).isEqualTo(1);
        assertThat(written.getLong(fields.get("replay from"))).isEqualTo(5);
        assertThat(written.getLong(fields.get("next segment"))).isEqualTo(6);
        assertThat(written.getInt(fields.get("snapshots"))).isEqualTo(1);
        FormatTable snapshot = FormatTable.of(PAGE, "field of a snapshot segment");
        int at = head.assertContiguous();
        assertThat(written.getLong(at + snapshot.numbers(1).get("number"))).isEqualTo(7);
        assertThat(written.getLong(at + snapshot.numbers(1).get("length"))).isEqualTo(8);
        at += snapshot.assertContiguous();
        assertThat(written.getInt(at)).isEqualTo(2);
        at += Integer.BYTES;
        FormatTable segment = FormatTable.of(PAGE, "field of a segment of entries");
        Map<String, Integer> each = segment.numbers(1);
        assertThat(written.getLong(at + each.get("number"))).isEqualTo(11);
        assertThat(written.getLong(at + each.get("length"))).isEqualTo(12);
        assertThat(written.getLong(at + each.get("entries"))).isEqualTo(22);
        assertThat(written.get(at + each.get("adopted"))).isZero();
        at += segment.assertContiguous();
        assertThat(written.getLong(at)).isEqualTo(13);
        at += Long.BYTES;
        assertThat(written.getLong(at + each.get("number"))).isEqualTo(14);
        assertThat(written.get(at + each.get("adopted"))).isEqualTo((byte) 1);
        at += segment.assertContiguous();
        assertThat(written.getLong(at)).isEqualTo(16);
        assertThat(written.getLong(at + 8)).isEqualTo(17);
        assertThat(written.getLong(at + 16)).isEqualTo(18);
        assertThat(written.getInt(at + 24)).isEqualTo(1);
        assertThat(written.getLong(at + 28)).isEqualTo(21);
        assertThat(written.limit()).isEqualTo(at + 36);
    }
}
