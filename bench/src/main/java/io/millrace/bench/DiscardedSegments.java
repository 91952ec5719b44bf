package io.millrace.bench;

import io.millrace.storage.SegmentOutput;
import io.millrace.storage.SegmentStore;
import java.nio.ByteBuffer;
import java.util.List;

/** Takes segments and keeps nothing: where nothing lives for long, nobody reads them. */
final class DiscardedSegments implements SegmentStore {
    private static final SegmentOutput NOWHERE = new SegmentOutput() {
        @Override
        public void write(ByteBuffer source) {
            source.position(source.limit());
        }

        @Override
        public long size() {
            return 0;
        }

        @Override
        public void seal() {
            // It is gone.
        }

        @Override
        public void abandon() {
            // It is gone.
        }
    };

    @Override
    public SegmentOutput create(long segment) {
        return NOWHERE;
    }

    @Override
    public void read(long segment, long offset, ByteBuffer target) {
        throw new IllegalStateException("segments are not kept");
    }

    @Override
    public long size(long segment) {
        throw new IllegalStateException("segments are not kept");
    }

    @Override
    public void readLog(long position, ByteBuffer target) {
        throw new IllegalStateException("what is trimmed is not kept");
    }

    @Override
    public void delete(long segment) {
        // It is gone.
    }

    @Override
    public List<Long> list() {
        return List.of();
    }
}
