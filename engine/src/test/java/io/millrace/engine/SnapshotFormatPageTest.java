package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.ReceiveProbe.Message;
import io.millrace.engine.checkpoint.LogStateProbe;
import io.millrace.engine.index.ShardIndexes;
import io.millrace.engine.offset.DeliveryCounts;
import io.millrace.engine.offset.OffsetSet;
import io.millrace.engine.policy.DeadLetterPolicy;
import io.millrace.engine.queue.Queue;
import io.millrace.storage.EntryEnvelope;
import io.millrace.testkit.FormatTable;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** docs/formats/snapshot.md and the code say the same: what the code writes is taken apart by what the page says. */
class SnapshotFormatPageTest extends ShardFixture {
    private static final String PAGE = "snapshot.md";

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
        host.deadLetterPolicies.put(QUEUE, new DeadLetterPolicy(true, 0, false));
        publish(probe(4).producer(88, 65_000, 17));
        acknowledge(take());
        release(take(), 100 * SECOND);
        Message extended = receive(ReceiveProbe.durable(1)).message(0);
        reject(take(), "no");
        clock.advance(SECOND);
        extend(extended, 20 * SECOND);
        Queue queue = shard.queues().get(QUEUE);
        ByteBuf written = Unpooled.buffer();
        LogStateProbe.write(queue, 77, shard.leases(), written);

        FormatTable state = FormatTable.of(PAGE, "field of a state");
        Map<String, Integer> fields = state.numbers(1);
        assertThat(written.getLong(fields.get("log"))).isEqualTo(QUEUE);
        assertThat(written.getLong(fields.get("as of"))).isEqualTo(77);
        assertThat(written.getLong(fields.get("next offset"))).isEqualTo(4);
        assertThat(written.getLong(fields.get("source"))).isEqualTo(Queue.NO_SOURCE);
        assertThat(written.getByte(fields.get("expires"))).isZero();
        assertThat(written.getLong(fields.get("floor"))).isEqualTo(1);
        assertThat(written.getLong(fields.get("cursor"))).isEqualTo(4);
        assertThat(written.getInt(fields.get("base"))).isEqualTo(EntryEnvelope.PRIORITY_NORMAL);
        written.readerIndex(state.assertContiguous());
        assertThat(OffsetSet.read(written).isEmpty()).as("settled above").isTrue();
        assertThat(OffsetSet.read(written).nextPresent(0)).as("delayed").isEqualTo(1);
        assertThat(OffsetSet.read(written).isEmpty()).as("damaged").isTrue();
        assertThat(OffsetSet.read(written).isEmpty()).as("set aside").isTrue();
        assertThat(OffsetSet.read(written).isEmpty()).as("expired under leases").isTrue();
        assertThat(OffsetSet.read(written).isEmpty()).as("dead: expired").isTrue();
        assertThat(OffsetSet.read(written).nextPresent(0)).as("dead: rejected").isEqualTo(3);
        assertThat(OffsetSet.read(written).isEmpty()).as("dead: deliveries").isTrue();
        assertThat(OffsetSet.read(written).isEmpty()).as("dead: overflow").isTrue();
        assertThat(written.readInt()).as("texts").isEqualTo(1);
        assertThat(written.readLong()).as("offset of a text").isEqualTo(3);
        assertThat(written.readCharSequence(written.readUnsignedShort(), StandardCharsets.UTF_8))
                .hasToString("no");
        DeliveryCounts counts = new DeliveryCounts();
        counts.restore(written);
        assertThat(counts.get(1)).as("delivery count").isEqualTo(1);
        assertTimes(written);
        assertThat(written.readBoolean()).as("index by priority").isFalse();
        assertThat(written.readBoolean()).as("index by group").isFalse();
        assertThat(written.readBoolean()).as("looked at first").isFalse();
        assertLease(written);
        assertThat(written.readInt()).as("sealed runs").isZero();
        assertProducer(written);
        assertThat(written.isReadable()).isFalse();
    }

    private void assertLease(ByteBuf written) throws IOException {
        assertThat(written.readInt()).as("leases").isEqualTo(1);
        FormatTable lease = FormatTable.of(PAGE, "field of a lease");
        Map<String, Integer> each = lease.numbers(1);
        int at = written.readerIndex();
        assertThat(written.getLong(at + each.get("offset"))).isEqualTo(2);
        assertThat(written.getLong(at + each.get("begin")))
                .isEqualTo(shard.time().millis());
        assertThat(written.getLong(at + each.get("delivery")))
                .isEqualTo(shard.time().millis() - 1000);
        assertThat(written.getLong(at + each.get("length"))).isEqualTo(20_000);
        assertThat(written.getInt(at + each.get("delivery count"))).isEqualTo(1);
        assertThat(written.getInt(at + each.get("priority"))).isEqualTo(EntryEnvelope.PRIORITY_NORMAL);
        assertThat(written.getByte(at + each.get("durable"))).isEqualTo((byte) 1);
        written.skipBytes(lease.assertContiguous());
    }

    private static void assertProducer(ByteBuf written) {
        assertThat(written.readInt()).as("producers").isEqualTo(1);
        assertThat(written.readLong()).as("producer").isEqualTo(88);
        assertThat(written.readUnsignedShort()).as("epoch").isEqualTo(65_000);
        assertThat(written.readByte()).as("known publishes").isEqualTo((byte) 1);
        assertThat(List.of(written.readInt(), written.readInt())).isEqualTo(List.of(17, 20));
        assertThat(written.readLong()).as("offset of the publish").isZero();
    }

    private void assertTimes(ByteBuf written) {
        long millis = shard.time().millis() - 1000;
        Map<Long, List<Long>> times = new HashMap<>();
        for (int left = written.readInt(); left > 0; left--) {
            times.put(written.readLong(), List.of(written.readLong(), written.readLong()));
        }
        assertThat(times).isEqualTo(Map.of(1L, List.of(millis, millis), 3L, List.of(millis, millis)));
    }
}
