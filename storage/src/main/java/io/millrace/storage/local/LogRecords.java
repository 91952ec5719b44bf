package io.millrace.storage.local;

import static io.millrace.storage.local.JournalFormat.RECORD_PREFIX_BYTES;

import io.millrace.storage.CorruptEntryException;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Finds records of the shards' logs in the journal and in adopted files, and reads them. Any thread. */
final class LogRecords {
    private final LiveFiles live;
    private final AdoptedFiles adopted;
    private final Runnable whenReleased;

    /** {@code whenReleased} runs when a file that was retired has lost its last reader. */
    LogRecords(LiveFiles live, AdoptedFiles adopted, Runnable whenReleased) {
        this.live = live;
        this.adopted = adopted;
        this.whenReleased = whenReleased;
    }

    /** Fills {@code target} with the record at {@code position} of {@code shard}. */
    void read(int shard, long position, ByteBuffer target) throws IOException, CorruptEntryException {
        long at = position + RECORD_PREFIX_BYTES;
        while (target.hasRemaining()) {
            at += readPart(shard, at, target);
        }
    }

    /** Reads as much as one frame holds of the stream from {@code position} on; returns the number of bytes. */
    private int readPart(int shard, long position, ByteBuffer target) throws IOException, CorruptEntryException {
        JournalFile file = live.acquire(shard, position);
        boolean outside = file == null;
        if (file == null) {
            file = adopted.acquire(shard, position);
        }
        String place = "shard " + shard + ", position " + position;
        if (file == null) {
            throw new CorruptEntryException(place, "no journal file has it");
        }
        try {
            FrameList frames = file.frames(shard);
            if (outside) {
                adopted.noteFrames(file);
            }
            return readPart(file, shard, frames, position, target, place);
        } finally {
            if (file.release()) {
                whenReleased.run();
            }
        }
    }

    private static int readPart(
            JournalFile file, int shard, FrameList frames, long position, ByteBuffer target, String place)
            throws IOException, CorruptEntryException {
        int frame = frames.find(position);
        if (frame < 0 || frames.offset(frame) == FrameList.HOLE) {
            throw new CorruptEntryException(place, "not in " + file);
        }
        long end = frame + 1 < frames.count() ? frames.position(frame + 1) : file.endPosition(shard);
        if (end <= position) {
            throw new CorruptEntryException(place, "not in " + file);
        }
        int length = (int) Math.min(target.remaining(), end - position);
        ByteBuffer part = target.slice(target.position(), length);
        long offset = frames.offset(frame) + (position - frames.position(frame));
        if (file.file.read(part, offset) < length) {
            throw new CorruptEntryException(file + ", offset " + offset, "the file ends early");
        }
        target.position(target.position() + length);
        return length;
    }
}
