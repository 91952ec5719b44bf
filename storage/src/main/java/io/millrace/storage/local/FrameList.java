package io.millrace.storage.local;

import java.util.Arrays;

/**
 * Where the frames of one shard lie in one journal file: stream position → offset in the file, in the order of both.
 * 12 bytes a frame.
 *
 * <p>One thread adds (the writer, or recovery before it); any thread looks up.
 */
final class FrameList {
    /** The offset of bytes of the stream that are not in the file, or cannot be found in it. */
    static final int HOLE = 0;

    private volatile Frames frames = new Frames(new long[4], new int[4]);
    private volatile int count;

    private record Frames(long[] positions, int[] offsets) {}

    /** Adds the frame whose body begins with stream position {@code position} and lies at {@code offset}. */
    void add(long position, int offset) {
        int at = count;
        Frames current = frames;
        if (at == current.positions.length) {
            current = new Frames(Arrays.copyOf(current.positions, at * 2), Arrays.copyOf(current.offsets, at * 2));
            frames = current;
        }
        current.positions[at] = position;
        current.offsets[at] = offset;
        count = at + 1;
    }

    /** The number of frames. */
    int count() {
        return count;
    }

    /** The frame that holds {@code position}, or the last before it; -1 where all begin after it. */
    int find(long position) {
        int size = count;
        int found = Arrays.binarySearch(frames.positions, 0, size, position);
        return found >= 0 ? found : -found - 2;
    }

    /** The stream position at which frame {@code index} begins. */
    long position(int index) {
        return frames.positions[index];
    }

    /** The offset in the file of the body of frame {@code index}. */
    int offset(int index) {
        return frames.offsets[index];
    }
}
