package io.millrace.storage.local;

import static io.millrace.storage.local.JournalFormat.RECORD_PREFIX_BYTES;

import io.millrace.storage.CorruptEntryException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Finds records of the shards' logs in the journal and in adopted files, and reads them. Any thread. */
final class LogRecords {
    private final LiveFiles live;
    private final AdoptedFiles adopted;
    private final Closing whenFree;

    /** What becomes of a file that was retired and has lost its last reader. */
    interface Closing {
        /** Called on the thread of that reader. */
        void onFree(JournalFile file) throws IOException;
    }

    LogRecords(LiveFiles live, AdoptedFiles adopted, Closing whenFree) {
        this.live = live;
        this.adopted = adopted;
        this.whenFree = whenFree;
    }

    /** Fills {@code target} with the record at {@code position} of {@code shard}; {@code reads} reads old files. */
    void read(int shard, long position, ByteBuffer target, FileReads reads) throws IOException, CorruptEntryException {
        long at = position + RECORD_PREFIX_BYTES;
        while (target.hasRemaining()) {
            at += readPart(shard, at, target, reads);
        }
    }

    /**
     * Where the record of {@code bytes} bytes at {@code position} of {@code shard} lies, held; null unless it is in an
     * adopted file, in one piece.
     */
    @Nullable
    FilePlace adoptedPlace(int shard, long position, int bytes) throws IOException {
        long start = position + RECORD_PREFIX_BYTES;
        JournalFile file = live.find(shard, start) == null ? adopted.acquire(shard, start) : null;
        if (file == null) {
            return null;
        }
        boolean found = false;
        try {
            FrameList frames = file.frames(shard, start + bytes - 1);
            adopted.noteFrames(file);
            int frame = frameOf(frames, start);
            found = frame >= 0 && start + bytes <= endOf(file, shard, frames, frame);
            return found ? new FilePlace(file.file, offsetOf(frames, frame, start), () -> release(file)) : null;
        } finally {
            if (!found) {
                release(file);
            }
        }
    }

    private void release(JournalFile file) throws IOException {
        if (file.release()) {
            whenFree.onFree(file);
        }
    }

    /** Reads as much as one frame holds of the stream from {@code position} on; returns the number of bytes. */
    private int readPart(int shard, long position, ByteBuffer target, FileReads reads)
            throws IOException, CorruptEntryException {
        JournalFile file = live.acquire(shard, position);
        boolean outside = file == null;
        if (file == null) {
            file = adopted.acquire(shard, position);
        }
        if (file == null) {
            throw new CorruptEntryException("shard " + shard + ", position " + position, "no journal file has it");
        }
        try {
            FrameList frames = file.frames(shard, position);
            if (outside) {
                adopted.noteFrames(file);
            }
            return readPart(file, shard, frames, position, target, outside ? reads : FileReads.PLAIN);
        } finally {
            release(file);
        }
    }

    private static int readPart(
            JournalFile file, int shard, FrameList frames, long position, ByteBuffer target, FileReads reads)
            throws IOException, CorruptEntryException {
        int frame = frameOf(frames, position);
        long end = frame < 0 ? position : endOf(file, shard, frames, frame);
        if (end <= position) {
            throw new CorruptEntryException("shard " + shard + ", position " + position, "not in " + file);
        }
        int length = (int) Math.min(target.remaining(), end - position);
        ByteBuffer part = target.slice(target.position(), length);
        long offset = offsetOf(frames, frame, position);
        if (reads.read(file.file, part, offset) < length) {
            throw new CorruptEntryException(file + ", offset " + offset, "the file ends early");
        }
        target.position(target.position() + length);
        return length;
    }

    /** The frame that may have {@code position}; below 0 where none has. */
    private static int frameOf(FrameList frames, long position) {
        int frame = frames.find(position);
        return frame < 0 || frames.offset(frame) == FrameList.HOLE ? -1 : frame;
    }

    private static long endOf(JournalFile file, int shard, FrameList frames, int frame) {
        return frame + 1 < frames.count() ? frames.position(frame + 1) : file.endPosition(shard);
    }

    private static long offsetOf(FrameList frames, int frame, long position) {
        return frames.offset(frame) + (position - frames.position(frame));
    }
}
