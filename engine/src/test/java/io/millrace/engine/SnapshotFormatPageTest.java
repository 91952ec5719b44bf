package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.storage.EntryEnvelope;
import io.millrace.storage.Extent;
import io.millrace.testkit.FormatTable;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** docs/formats/snapshot.md and the code say the same: what the code writes is taken apart by what the page says. */
class SnapshotFormatPageTest extends ShardFixture {
    private static final String PAGE = "snapshot.md";

    @Test
    void theShardsManifestIsAsThePageSays() throws IOException {
        SegmentUse.Segment plain = new SegmentUse.Segment(11, 12, 22, null);
        plain.liveBytes = 13;
        SegmentUse.Segment adopted = new SegmentUse.Segment(14, 15, 23, new Extent(16, 17, 0));
        adopted.liveBytes = 18;
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

    @Test
    void theIndexesHaveTheKindsThatThePageSays() throws IOException {
        assertThat(FormatTable.of(PAGE, "index").numbers(1))
                .containsEntry("by delay", ShardIndexes.KIND_DELAYS)
                .containsEntry("by date", ShardIndexes.KIND_DATES)
                .containsEntry("by expiry", ShardIndexes.KIND_EXPIRIES)
                .containsEntry("by priority, one for each log", ShardIndexes.KIND_PRIORITIES)
                .containsEntry("of keys", ShardIndexes.KIND_KEYS);
    }

    @Test
    void theStateOfALogIsAsThePageSays() throws IOException {
        publish(1);
        publish(1);
        publish(1);
        acknowledge(take());
        release(take(), 100 * SECOND);
        receive(ReceiveProbe.durable(1));
        Queue queue = shard.queues().get(QUEUE);
        ByteBuf written = Unpooled.buffer();
        LogState.write(queue, 77, shard, written);

        FormatTable state = FormatTable.of(PAGE, "field of a state");
        Map<String, Integer> fields = state.numbers(1);
        assertThat(written.getLong(fields.get("log"))).isEqualTo(QUEUE);
        assertThat(written.getLong(fields.get("as of"))).isEqualTo(77);
        assertThat(written.getLong(fields.get("next offset"))).isEqualTo(3);
        assertThat(written.getByte(fields.get("expires"))).isZero();
        assertThat(written.getLong(fields.get("floor"))).isEqualTo(1);
        assertThat(written.getLong(fields.get("cursor"))).isEqualTo(3);
        assertThat(written.getInt(fields.get("base"))).isEqualTo(EntryEnvelope.PRIORITY_NORMAL);
        written.readerIndex(state.assertContiguous());
        assertThat(OffsetSet.read(written).isEmpty()).as("settled above").isTrue();
        assertThat(OffsetSet.read(written).first()).as("delayed").isEqualTo(1);
        assertThat(OffsetSet.read(written).isEmpty()).as("damaged").isTrue();
        assertThat(OffsetSet.read(written).isEmpty()).as("set aside").isTrue();
        assertThat(OffsetSet.read(written).isEmpty()).as("expired under leases").isTrue();
        DeliveryCounts counts = new DeliveryCounts();
        counts.restore(written);
        assertThat(counts.get(1)).as("delivery count").isEqualTo(1);
        assertThat(written.readBoolean()).as("index by priority").isFalse();
        assertThat(written.readBoolean()).as("index by group").isFalse();
        assertThat(written.readInt()).as("leases").isEqualTo(1);
        FormatTable lease = FormatTable.of(PAGE, "field of a lease");
        Map<String, Integer> each = lease.numbers(1);
        int at = written.readerIndex();
        assertThat(written.getLong(at + each.get("offset"))).isEqualTo(2);
        assertThat(written.getLong(at + each.get("begin")))
                .isEqualTo(shard.time().millis());
        assertThat(written.getLong(at + each.get("length"))).isEqualTo(30_000);
        assertThat(written.getInt(at + each.get("delivery count"))).isEqualTo(1);
        assertThat(written.getInt(at + each.get("priority"))).isEqualTo(EntryEnvelope.PRIORITY_NORMAL);
        assertThat(written.getByte(at + each.get("durable"))).isEqualTo((byte) 1);
        written.skipBytes(lease.assertContiguous());
        assertThat(written.readInt()).as("sealed runs").isZero();
        assertThat(written.isReadable()).isFalse();
    }
}
