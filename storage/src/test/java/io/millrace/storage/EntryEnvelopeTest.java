package io.millrace.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.testkit.SeedSource;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/** What is written is read back, and nothing else is ever taken for an envelope or its body. */
class EntryEnvelopeTest {
    private static final String PLACE = "log 3, offset 7";

    @ParameterizedTest
    @SeedSource(runs = 200)
    void everyFieldIsReadBackAsItWasWritten(long seed) throws CorruptEntryException {
        SplittableRandom random = new SplittableRandom(seed);
        EntryEnvelope written = random(random);
        int index = random.nextInt(100);
        ByteBuf record = record(written, index, random.nextInt(3000), random);
        try {
            EntryEnvelope read = new EntryEnvelope();
            read.read(record, index, PLACE);
            read.verifyBody(record, index, PLACE);

            assertThat(read).usingRecursiveComparison().ignoringFields("crc").isEqualTo(written);
            assertThat(EntryEnvelope.bytesAt(record, index)).isEqualTo(written.bytes());
            assertThat(EntryEnvelope.expiryMillis(record, index)).isEqualTo(written.expiryMillis);
            assertThat(read.body(record, index).readableBytes()).isEqualTo(read.bodyBytes);
        } finally {
            record.release();
        }
    }

    @ParameterizedTest
    @SeedSource(runs = 30)
    void aFlippedBitIsRejectedWhereverItIs(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        ByteBuf record = record(random(random), 0, random.nextInt(1, 60), random);
        try {
            for (int bit = 0; bit < record.writerIndex() * Byte.SIZE; bit++) {
                flip(record, bit);
                assertThatThrownBy(() -> readWhole(record))
                        .as("bit %d", bit)
                        .isInstanceOf(CorruptEntryException.class)
                        .hasMessageStartingWith(PLACE);
                flip(record, bit);
            }
        } finally {
            record.release();
        }
    }

    @Test
    void aRecordThatWasCutIsRejectedAtEveryLength() {
        SplittableRandom random = new SplittableRandom(1);
        ByteBuf record = record(random(random), 0, 40, random);
        try {
            for (int length = record.writerIndex() - 1; length >= 0; length--) {
                record.writerIndex(length);
                assertThatThrownBy(() -> readWhole(record))
                        .as("%d bytes", length)
                        .isInstanceOf(CorruptEntryException.class);
            }
        } finally {
            record.release();
        }
    }

    @Test
    void aRecordWithBytesBehindTheBodyIsRejected() {
        SplittableRandom random = new SplittableRandom(2);
        ByteBuf record = record(random(random), 0, 40, random).writeByte(0);
        try {
            assertThatThrownBy(() -> readWhole(record)).isInstanceOf(CorruptEntryException.class);
        } finally {
            record.release();
        }
    }

    @Test
    void countsThatCannotBeAreRejectedEvenWithAGoodChecksum() {
        assertRejected(2, 1);
        assertRejected(-1, 1);
        assertRejected(0, 0);
        assertRejected(Integer.MIN_VALUE, Integer.MIN_VALUE);
    }

    private static void assertRejected(int count, int span) {
        EntryEnvelope envelope = random(new SplittableRandom(3));
        envelope.count = count;
        envelope.span = span;
        ByteBuf record = record(envelope, 0, 10, new SplittableRandom(4));
        try {
            assertThatThrownBy(() -> readWhole(record))
                    .as("count %d, span %d", count, span)
                    .isInstanceOf(CorruptEntryException.class);
        } finally {
            record.release();
        }
    }

    @Test
    void anEnvelopeIsReadFromASliceOfAChunk() throws CorruptEntryException {
        SplittableRandom random = new SplittableRandom(5);
        EntryEnvelope written = random(random);
        ByteBuf chunk = record(written, 300, 500, random);
        ByteBuf slice = chunk.retainedSlice(300, written.bytes() + 500);
        try {
            assertThat(readWhole(slice).firstOffset).isEqualTo(written.firstOffset);
            assertThat(readWhole(Unpooled.wrappedBuffer(slice.nioBuffer())).logId)
                    .isEqualTo(written.logId);
        } finally {
            slice.release();
            chunk.release();
        }
    }

    private static EntryEnvelope readWhole(ByteBuf record) throws CorruptEntryException {
        EntryEnvelope envelope = new EntryEnvelope();
        envelope.read(record, 0, PLACE);
        envelope.verifyBody(record, 0, PLACE);
        return envelope;
    }

    private static EntryEnvelope random(SplittableRandom random) {
        EntryEnvelope envelope = new EntryEnvelope();
        envelope.reset(random.nextLong(), random.nextLong(), 1, random.nextLong());
        if (random.nextBoolean()) {
            envelope.span = random.nextInt(1, Integer.MAX_VALUE);
            envelope.count = random.nextInt(envelope.span + 1);
        }
        envelope.priority = random.nextBoolean() ? envelope.priority : random.nextInt();
        envelope.dueMillis = random.nextBoolean() ? EntryEnvelope.NONE : random.nextLong();
        envelope.expiryMillis = random.nextBoolean() ? EntryEnvelope.NONE : random.nextLong();
        if (random.nextBoolean()) {
            envelope.producerId = random.nextLong();
            envelope.producerEpoch = random.nextInt(1 << 16);
            envelope.producerSequence = random.nextInt();
        }
        if (random.nextBoolean()) {
            envelope.groupHigh = random.nextLong();
            envelope.groupLow = random.nextLong();
        }
        if (random.nextBoolean()) {
            envelope.deduplicationHigh = random.nextLong();
            envelope.deduplicationLow = random.nextLong();
            envelope.deduplicationUntilMillis = random.nextLong();
        }
        envelope.flags = random.nextInt(1 << 8);
        envelope.format = random.nextInt(1 << 8);
        return envelope;
    }

    /** {@code index} bytes of something else, then the envelope and its body. */
    private static ByteBuf record(EntryEnvelope envelope, int index, int bodyBytes, SplittableRandom random) {
        byte[] bytes = new byte[index + envelope.bytes() + bodyBytes];
        random.nextBytes(bytes);
        ByteBuf record = PooledByteBufAllocator.DEFAULT.directBuffer().writeBytes(bytes);
        envelope.write(record, index, bodyBytes);
        return record;
    }

    private static void flip(ByteBuf record, int bit) {
        int index = bit / Byte.SIZE;
        record.setByte(index, record.getByte(index) ^ 1 << bit % Byte.SIZE);
    }
}
