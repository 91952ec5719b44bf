package io.millrace.storage.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.base.Crc32c;
import io.millrace.storage.SegmentOutput;
import io.millrace.storage.SegmentStore;
import io.millrace.storage.index.DirectoryBlock;
import io.millrace.storage.index.IndexBlock;
import io.millrace.storage.index.SealedRun;
import io.millrace.testkit.FormatTable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** docs/formats/segment.md and the code say the same: what the code writes is taken apart by what the page says. */
class SegmentFormatPageTest {
    private static final String PAGE = "segment.md";
    private static final int SHARD = 3;
    private static final long SEGMENT = 7;

    @Test
    void theKindsOfBlocksAreThoseOfThePage() throws IOException {
        assertThat(FormatTable.of(PAGE, "kind of block").numbers(1))
                .isEqualTo(Map.of(
                        "ENTRIES", (int) SegmentFormat.BLOCK_ENTRIES,
                        "DIRECTORY", (int) SegmentFormat.BLOCK_DIRECTORY,
                        "CONTENTS", (int) SegmentFormat.BLOCK_CONTENTS,
                        "LOG", (int) SegmentFormat.BLOCK_LOG,
                        "GONE", (int) SegmentFormat.BLOCK_GONE,
                        "SHARD", (int) SegmentFormat.BLOCK_SHARD));
    }

    @Test
    void headerBlocksAndFooterAreAsThePageSays() throws IOException {
        Bytes written = new Bytes();
        SegmentWriter writer = new SegmentWriter(written, SegmentFormat.KIND_ENTRIES, SHARD, SEGMENT);
        SealedRun run = new SealedRun(SEGMENT, 101, 102, 103, 104, 105, 106, 107, 108, true);
        ByteBuffer contents = ByteBuffer.allocate(4 + 8 + SealedRun.STORED_BYTES);
        contents.putInt(1).putLong(55);
        run.writeTo(contents);
        writer.seal(contents.flip());
        ByteBuffer file = written.bytes.flip();

        Map<String, Integer> header = fields("field of the header", SegmentFormat.HEADER_BYTES);
        assertThat(text(file, header.get("magic"))).isEqualTo("MILLSEGM");
        assertThat(file.getInt(header.get("checksum"))).isEqualTo(crc(file, header.get("version"), 20));
        assertThat(file.getInt(header.get("version"))).isEqualTo(1);
        assertThat(file.getInt(header.get("kind"))).isEqualTo(1);
        assertThat(file.getInt(header.get("shard"))).isEqualTo(SHARD);
        assertThat(file.getLong(header.get("segment"))).isEqualTo(SEGMENT);

        int footerAt = file.limit() - SegmentFormat.FOOTER_BYTES;
        Map<String, Integer> footer = fields("field of the footer", SegmentFormat.FOOTER_BYTES);
        assertThat(text(file, footerAt + footer.get("magic"))).isEqualTo("MILLSEND");
        assertThat(file.getInt(footerAt + footer.get("checksum")))
                .isEqualTo(crc(file, footerAt + footer.get("version"), 20));
        assertThat(file.getInt(footerAt + footer.get("version"))).isEqualTo(1);
        assertThat(file.getInt(footerAt + footer.get("reserved"))).isZero();
        int blockAt = (int) file.getLong(footerAt + footer.get("contents"));
        int blockBytes = file.getInt(footerAt + footer.get("length"));

        Map<String, Integer> block = fields("field of a block", SegmentFormat.BLOCK_HEADER_BYTES);
        assertThat(blockAt + blockBytes).isEqualTo(footerAt);
        assertThat(file.getInt(blockAt + block.get("checksum")))
                .isEqualTo(crc(file, blockAt + block.get("length"), blockBytes - block.get("length")));
        assertThat(file.getInt(blockAt + block.get("length"))).isEqualTo(blockBytes - SegmentFormat.BLOCK_HEADER_BYTES);
        assertThat(file.get(blockAt + block.get("kind"))).isEqualTo(SegmentFormat.BLOCK_CONTENTS);
        assertRun(file, blockAt + SegmentFormat.BLOCK_HEADER_BYTES + 4);
    }

    private static void assertRun(ByteBuffer file, int at) throws IOException {
        Map<String, Integer> run = fields("field of a run", 8 + SealedRun.STORED_BYTES);
        assertThat(file.getLong(at + run.get("log"))).isEqualTo(55);
        assertThat(file.getLong(at + run.get("segment"))).isEqualTo(SEGMENT);
        assertThat(file.getLong(at + run.get("root"))).isEqualTo(101);
        assertThat(file.getInt(at + run.get("root length"))).isEqualTo(102);
        assertThat(file.getLong(at + run.get("first offset"))).isEqualTo(103);
        assertThat(file.getLong(at + run.get("end offset"))).isEqualTo(104);
        assertThat(file.getInt(at + run.get("entries"))).isEqualTo(105);
        assertThat(file.getLong(at + run.get("record bytes"))).isEqualTo(106);
        assertThat(file.getLong(at + run.get("messages"))).isEqualTo(107);
        assertThat(file.getLong(at + run.get("latest"))).isEqualTo(108);
        assertThat(file.get(at + run.get("in log"))).isEqualTo((byte) 1);
    }

    @Test
    void theBlocksOfTheIndexAreAsThePageSays() throws IOException {
        IndexBlock entries = new IndexBlock(SEGMENT);
        entries.add(10, 2, 300, 40);
        entries.add(12, 1, 340, 50);
        ByteBuffer written = ByteBuffer.allocate(entries.storedBytes());
        entries.writeTo(written);
        Map<String, Integer> fields = FormatTable.of(PAGE, "field of entries").numbers(1);
        int codeAt = FormatTable.of(PAGE, "field of entries").assertContiguous();
        assertThat(written.getLong(fields.get("in"))).isEqualTo(SEGMENT);
        assertThat(written.getLong(fields.get("first offset"))).isEqualTo(10);
        assertThat(written.getLong(fields.get("end offset"))).isEqualTo(13);
        assertThat(written.getLong(fields.get("address"))).isEqualTo(300);
        assertThat(written.getInt(fields.get("count"))).isEqualTo(2);
        assertThat(written.getInt(fields.get("code bytes"))).isEqualTo(written.limit() - codeAt);
        // The span, and the length from 0 on; then the length alone: zigzag doubles both.
        assertThat(written.slice(codeAt, written.limit() - codeAt))
                .isEqualTo(ByteBuffer.wrap(new byte[] {2 | 8, 2, 80, 8, 20}));

        DirectoryBlock directory = new DirectoryBlock();
        directory.add(20, 21, 22, 26);
        directory.add(23, 24, 25, 27);
        ByteBuffer listed = ByteBuffer.allocate(directory.storedBytes());
        directory.writeTo(listed);
        Map<String, Integer> each = FormatTable.of(PAGE, "field of a directory").numbers(1);
        int second = 4 + FormatTable.of(PAGE, "field of a directory").assertContiguous();
        assertThat(listed.getInt(0)).isEqualTo(2);
        assertThat(listed.getLong(second + each.get("first offset"))).isEqualTo(23);
        assertThat(listed.getLong(second + each.get("address"))).isEqualTo(24);
        assertThat(listed.getInt(second + each.get("length"))).isEqualTo(25);
        assertThat(listed.getLong(second + each.get("latest"))).isEqualTo(27);
    }

    private static Map<String, Integer> fields(String title, int bytes) throws IOException {
        FormatTable table = FormatTable.of(PAGE, title);
        assertThat(table.assertContiguous()).isEqualTo(bytes);
        return table.numbers(1);
    }

    private static int crc(ByteBuffer file, int at, int bytes) {
        return new Crc32c().of(file, at, bytes);
    }

    private static String text(ByteBuffer file, int at) {
        return StandardCharsets.US_ASCII.decode(file.slice(at, 8)).toString();
    }

    /** A store that keeps what is written. */
    private static final class Bytes implements SegmentStore, SegmentOutput {
        private final ByteBuffer bytes = ByteBuffer.allocate(1 << 16);

        @Override
        public SegmentOutput create(long segment) {
            return this;
        }

        @Override
        public void write(ByteBuffer source) {
            bytes.put(source);
        }

        @Override
        public long size() {
            return bytes.position();
        }

        @Override
        public void seal() {
            // It is all there.
        }

        @Override
        public void abandon() {
            throw new AssertionError("nothing fails");
        }

        @Override
        public void read(long segment, long offset, ByteBuffer target) {
            throw new AssertionError("it is only written");
        }

        @Override
        public long size(long segment) {
            throw new AssertionError("it is only written");
        }

        @Override
        public void readLog(long position, ByteBuffer target) {
            throw new AssertionError("it is only written");
        }

        @Override
        public void delete(long segment) {
            throw new AssertionError("it is only written");
        }

        @Override
        public List<Long> list() {
            throw new AssertionError("it is only written");
        }
    }
}
