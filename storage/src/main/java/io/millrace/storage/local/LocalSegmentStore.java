package io.millrace.storage.local;

import io.millrace.storage.CorruptEntryException;
import io.millrace.storage.SegmentOutput;
import io.millrace.storage.SegmentStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/** The segments of one shard as files. */
record LocalSegmentStore(int shard, SegmentFiles files, LogRecords records) implements SegmentStore {
    @Override
    public SegmentOutput create(long segment) throws IOException {
        if (segment < 1) {
            throw new IllegalArgumentException("segments have numbers from 1 on, not " + segment);
        }
        files.delete(shard, segment);
        return new SegmentFileOutput(files, files.path(shard, segment));
    }

    @Override
    public void read(long segment, long offset, ByteBuffer target) throws IOException {
        files.read(shard, segment, offset, target, FileReads.PLAIN);
    }

    @Override
    public long size(long segment) throws IOException {
        return files.size(shard, segment);
    }

    @Override
    public void readLog(long position, ByteBuffer target) throws IOException {
        try {
            records.read(shard, position, target, FileReads.PLAIN);
        } catch (CorruptEntryException e) {
            throw new IOException(e);
        }
    }

    @Override
    public void delete(long segment) throws IOException {
        files.delete(shard, segment);
    }

    @Override
    public List<Long> list() throws IOException {
        return files.list(shard);
    }
}
