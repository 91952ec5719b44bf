package io.millrace.engine;

import io.millrace.storage.CorruptEntryException;
import io.millrace.storage.SegmentOutput;
import io.millrace.storage.SegmentStore;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Segments in memory for tests of the engine, beside a {@link ManualShardLog}. */
final class MemorySegments implements SegmentStore {
    private final Map<Long, byte[]> sealed = new TreeMap<>();
    private final ManualShardLog log;

    MemorySegments(ManualShardLog log, Map<Long, byte[]> there) {
        this.log = log;
        sealed.putAll(there);
    }

    Map<Long, byte[]> all() {
        return sealed;
    }

    /** Flips a bit of the byte at {@code offset} of {@code segment}. */
    void flip(long segment, int offset) {
        sealed.get(segment)[offset] ^= 1;
    }

    @Override
    public SegmentOutput create(long segment) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        return new SegmentOutput() {
            @Override
            public void write(ByteBuffer source) {
                byte[] piece = new byte[source.remaining()];
                source.get(piece);
                bytes.writeBytes(piece);
            }

            @Override
            public long size() {
                return bytes.size();
            }

            @Override
            public void seal() {
                sealed.put(segment, bytes.toByteArray());
            }

            @Override
            public void abandon() {
                // Nothing of it is anywhere.
            }
        };
    }

    @Override
    public void read(long segment, long offset, ByteBuffer target) throws IOException {
        byte[] bytes = sealed.get(segment);
        if (bytes == null || offset + target.remaining() > bytes.length) {
            throw new EOFException("segment " + segment + " has no " + target.remaining() + " bytes at " + offset);
        }
        target.put(bytes, (int) offset, target.remaining());
    }

    @Override
    public long size(long segment) {
        return sealed.get(segment).length;
    }

    @Override
    public void readLog(long position, ByteBuffer target) throws IOException {
        try {
            log.readStream(position, target);
        } catch (CorruptEntryException e) {
            throw new IOException(e);
        }
    }

    @Override
    public void delete(long segment) {
        sealed.remove(segment);
    }

    @Override
    public List<Long> list() {
        return new ArrayList<>(sealed.keySet());
    }
}
