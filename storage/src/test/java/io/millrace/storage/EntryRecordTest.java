package io.millrace.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An entry as a record, of one log or of several. */
class EntryRecordTest {
    private static final int BODY_BYTES = 30;

    private final EntryEnvelope envelope = new EntryEnvelope();

    private ByteBuf record(byte kind, int listBytes) {
        envelope.reset(5, 7, 1, 1000);
        envelope.priority = 3;
        ByteBuf record = Unpooled.buffer().writeByte(kind).writeZero(envelope.bytes());
        for (int i = 0; i < BODY_BYTES; i++) {
            record.writeByte(i);
        }
        envelope.write(record, EntryRecord.ENVELOPE_AT, BODY_BYTES);
        return record.writeZero(listBytes);
    }

    @Test
    void theListBehindASharedOneIsNotOfTheEntry() throws CorruptEntryException {
        ByteBuf record = record(EntryRecord.SHARED_KIND, 32);

        ByteBuf entry = EntryRecord.withoutList(record);

        assertThat(entry.readableBytes()).isEqualTo(record.readableBytes() - 32);
        EntryRecord.verify(entry, envelope, "here");
        assertThat(envelope.bodyBytes).isEqualTo(BODY_BYTES);
        assertThat(EntryRecord.namesPlace(entry)).isFalse();
        assertThatThrownBy(() -> EntryRecord.verify(record, envelope, "here"))
                .isInstanceOf(CorruptEntryException.class);
    }

    @Test
    void oneOfOneLogAndOneWithoutAListAreWhole() {
        for (ByteBuf record : new ByteBuf[] {
            record(EntryRecord.KIND, 32),
            record(EntryRecord.SHARED_KIND, 0),
            record((byte) 3, 32),
            Unpooled.EMPTY_BUFFER
        }) {
            assertThat(EntryRecord.withoutList(record)).isSameAs(record);
        }
        assertThat(EntryRecord.namesPlace(record(EntryRecord.KIND, 0))).isTrue();
    }

    /** What is damaged is left to whoever verifies it. */
    @ParameterizedTest
    @ValueSource(ints = {-1, Integer.MIN_VALUE, Integer.MAX_VALUE, BODY_BYTES + 33})
    void aLengthThatCannotBeChangesNothing(int bodyBytes) {
        ByteBuf record = record(EntryRecord.SHARED_KIND, 32);
        record.setInt(EntryRecord.ENVELOPE_AT + EntryEnvelope.BODY_BYTES_AT, bodyBytes);
        assertThat(EntryRecord.withoutList(record).readableBytes()).isBetween(EntryRecord.BYTES_MIN, 107);
        assertThatThrownBy(() -> EntryRecord.verify(EntryRecord.withoutList(record), envelope, "here"))
                .isInstanceOf(CorruptEntryException.class);
        record.setShort(EntryRecord.ENVELOPE_AT + EntryEnvelope.FIELDS_AT, 0xffff);
        assertThat(EntryRecord.withoutList(record)).isSameAs(record);
    }

    @Test
    void envelopesSayTheSameWhereOnlyThePlaceDiffers() {
        record(EntryRecord.KIND, 0);
        EntryEnvelope other = envelope.copy();
        other.logId++;
        other.firstOffset++;
        assertThat(envelope.saysSame(other)).isTrue();
        other.groupLow = 1;
        assertThat(envelope.saysSame(other)).isFalse();
    }
}
