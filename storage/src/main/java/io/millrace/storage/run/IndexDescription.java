package io.millrace.storage.run;

import io.millrace.base.Crc32c;
import io.millrace.storage.CorruptEntryException;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** How an index is described in the snapshots of its owner (docs/formats/ordered-run.md). */
final class IndexDescription {
    static final int CRC_AT = 0;
    static final int BYTES_AT = 4;
    static final int VERSION_AT = 8;
    static final int KIND_AT = 12;
    static final int RUNS_AT = 16;
    static final int HEAD_RECORDS_AT = 20;
    static final int HEADER_BYTES = 24;

    static final int SEGMENT_AT = 0;
    static final int KEY_AT = 8;
    static final int SUB_AT = 16;
    static final int VALUE_AT = 24;
    static final int LAYOUT_AT = 32;
    static final int RUN_BYTES = LAYOUT_AT + RunLayout.BYTES;

    static final int VERSION = 1;
    private static final String PLACE = "description of an ordered index";

    private final List<DescribedRun> runs = new ArrayList<>();
    private final RecordList head = new RecordList();

    /** One run: of its records, those below this one were taken. */
    record DescribedRun(long segment, RunLayout layout, long key, long sub, long value) {}

    private IndexDescription() {}

    /** The runs. */
    List<DescribedRun> runs() {
        return runs;
    }

    /** What was not in a run yet, in order. */
    RecordList head() {
        return head;
    }

    /** Appends a description; {@code heads} are consumed. */
    static void write(ByteBuf target, int kind, List<Run> runs, SourceHeap heads) {
        int start = target.writerIndex();
        target.writeZero(HEADER_BYTES);
        ByteBuffer one = ByteBuffer.allocate(RUN_BYTES);
        for (Run run : runs) {
            one.putLong(SEGMENT_AT, run.segment());
            one.putLong(KEY_AT, run.cursor().key);
            one.putLong(SUB_AT, run.cursor().sub);
            one.putLong(VALUE_AT, run.cursor().value);
            run.layout().write(one, LAYOUT_AT);
            target.writeBytes(one.array());
        }
        int records = writeHeads(target, heads);
        int bytes = target.writerIndex() - start;
        target.setInt(start + BYTES_AT, bytes);
        target.setInt(start + VERSION_AT, VERSION);
        target.setInt(start + KIND_AT, kind);
        target.setInt(start + RUNS_AT, runs.size());
        target.setInt(start + HEAD_RECORDS_AT, records);
        target.setInt(start + CRC_AT, crc(target.nioBuffer(start, bytes)));
    }

    /** Reads a description of an index of this kind at the reader index of {@code source}, which moves behind it. */
    static IndexDescription read(ByteBuf source, int kind) throws CorruptEntryException {
        int start = source.readerIndex();
        int length = source.readableBytes() < HEADER_BYTES ? 0 : source.getInt(start + BYTES_AT);
        if (length < HEADER_BYTES || length > source.readableBytes()) {
            throw new CorruptEntryException(PLACE, "it is cut short");
        }
        ByteBuffer bytes = source.nioBuffer(start, length).slice();
        if (bytes.getInt(CRC_AT) != crc(bytes)) {
            throw new CorruptEntryException(PLACE, "it fails its checksum");
        }
        if (bytes.getInt(VERSION_AT) != VERSION || bytes.getInt(KIND_AT) != kind) {
            throw new CorruptEntryException(
                    PLACE,
                    "expected version " + VERSION + " and kind " + kind + ", found version " + bytes.getInt(VERSION_AT)
                            + " and kind " + bytes.getInt(KIND_AT));
        }
        IndexDescription description = new IndexDescription();
        int at = HEADER_BYTES;
        for (int left = bytes.getInt(RUNS_AT); left > 0; left--) {
            description.runs.add(new DescribedRun(
                    bytes.getLong(at + SEGMENT_AT),
                    RunLayout.read(bytes, at + LAYOUT_AT),
                    bytes.getLong(at + KEY_AT),
                    bytes.getLong(at + SUB_AT),
                    bytes.getLong(at + VALUE_AT)));
            at += RUN_BYTES;
        }
        RecordDecoder records = new RecordDecoder();
        records.begin(bytes, at, bytes.getInt(HEAD_RECORDS_AT));
        while (records.next()) {
            description.head.add(records.key, records.sub, records.value);
        }
        source.skipBytes(length);
        return description;
    }

    /** Writes the records of the heads in order, each once; returns how many. */
    private static int writeHeads(ByteBuf target, SourceHeap heads) {
        ByteBuffer one = ByteBuffer.allocate(RecordEncoder.RECORD_BYTES_MAX);
        RecordEncoder encoder = new RecordEncoder();
        int records = 0;
        for (RecordSource next = heads.top(); next != null; next = heads.top()) {
            encoder.encode(one, next.key, next.sub, next.value);
            target.writeBytes(one.array(), 0, one.position());
            one.clear();
            records++;
            long key = next.key;
            long sub = next.sub;
            long value = next.value;
            for (; next != null && next.isAt(key, sub, value); next = heads.top()) {
                heads.advanceTop();
            }
        }
        return records;
    }

    private static int crc(ByteBuffer description) {
        return new Crc32c().of(description, BYTES_AT, description.limit() - BYTES_AT);
    }
}
