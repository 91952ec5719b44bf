package io.millrace.engine.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.transaction.PreparedTransaction.Acknowledged;
import io.millrace.storage.EntryEnvelope;
import io.netty.buffer.ByteBuf;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a snapshot has of transactions, as docs/formats/snapshot.md says it. */
class TransactionTableTest {
    private final TransactionTable table = new TransactionTable();

    @Test
    void itsStateIsAsThePageSays() {
        table.add(prepared());
        table.decide(78, new int[] {5, 6});

        ByteBuf state = table.write(1000);

        assertThat(state.readLong()).as("position").isEqualTo(1000);
        assertThat(state.readInt()).as("prepared").isEqualTo(1);
        assertThat(state.readInt()).as("coordinator").isEqualTo(4);
        assertThat(state.readLong()).as("token").isEqualTo(77);
        assertThat(state.readInt()).as("entries").isEqualTo(1);
        assertThat(state.readLong()).as("log").isEqualTo(10);
        assertThat(state.readLong()).as("first offset").isEqualTo(20);
        assertThat(state.readInt()).as("messages").isEqualTo(3);
        assertThat(state.readInt()).as("priority").isEqualTo(-5);
        assertThat(state.readByte()).as("flags").isEqualTo((byte) 5);
        assertThat(state.readLong()).as("due time").isEqualTo(99);
        assertThat(state.readLong()).as("upper half of the key").isEqualTo(11);
        assertThat(state.readLong()).as("lower half of the key").isEqualTo(12);
        assertThat(state.readLong()).as("end of the window").isEqualTo(13);
        assertThat(state.readInt()).as("acknowledged").isEqualTo(1);
        assertThat(state.readLong()).as("log").isEqualTo(30);
        assertThat(state.readLong()).as("offset").isEqualTo(31);
        assertThat(state.readInt()).as("priority").isEqualTo(32);
        assertThat(state.readInt()).as("committed").isEqualTo(1);
        assertThat(state.readLong()).as("token").isEqualTo(78);
        assertThat(state.readInt()).as("participants").isEqualTo(2);
        assertThat(state.readInt()).isEqualTo(5);
        assertThat(state.readInt()).isEqualTo(6);
        assertThat(state.isReadable()).isFalse();
    }

    @Test
    void whatIsRestoredIsWhatWasWritten() {
        table.add(prepared());
        table.decide(78, new int[] {5, 6});
        ByteBuf state = table.write(1000);
        TransactionTable restored = new TransactionTable();
        restored.decide(1, new int[] {2});
        restored.add(new PreparedTransaction(8, 9));

        restored.restore(state.duplicate());

        assertThat(restored.asOfPosition()).isEqualTo(1000);
        assertThat(restored.write(1000)).isEqualTo(state);
        assertThat(restored.decisions().keySet()).containsExactly(78L);
        assertThat(restored.hasKey(10, 11, 12)).isTrue();
        assertThat(restored.hasKey(11, 11, 12)).isFalse();
        assertThat(restored.hasKey(10, 11, 13)).isFalse();
        assertThat(restored.hasKey(10, 10, 12)).isFalse();
        assertThat(restored.take(5, 77)).isNull();
        assertThat(restored.take(4, 77)).isNotNull();
        assertThat(restored.prepared()).isEmpty();
        assertThat(restored.forget(78)).isTrue();
        assertThat(restored.forget(78)).isFalse();
        assertThat(restored.decisions()).isEqualTo(Map.of());
    }

    private static PreparedTransaction prepared() {
        PreparedTransaction prepared = new PreparedTransaction(4, 77);
        EntryEnvelope entry = new EntryEnvelope();
        entry.reset(10, 20, 3, 1);
        entry.priority = -5;
        entry.flags = 5;
        entry.dueMillis = 99;
        entry.deduplicationHigh = 11;
        entry.deduplicationLow = 12;
        entry.deduplicationUntilMillis = 13;
        prepared.entries().add(entry);
        prepared.acknowledged().add(new Acknowledged(30, 31, 32));
        return prepared;
    }
}
