package io.millrace.testkit;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * What one small file may be after a power cut, kept byte by byte in the plainest way: every value that a byte had
 * since it was last durable, and the longest and shortest the file was.
 */
final class FileHistory {
    private enum State {
        DURABLE,
        WRITTEN,
        CUT,
        FORGOTTEN
    }

    final byte[] current;
    int length;
    private final BitSet[] possible;
    private final State[] states;
    private int shortest;
    private int longest;
    /** Whether writes were made since the last sync, or were forgotten by one: the length may lag behind then. */
    private boolean unsynced;

    private boolean forgotten;

    FileHistory(int bytesMax) {
        current = new byte[bytesMax];
        possible = new BitSet[bytesMax];
        states = new State[bytesMax];
        for (int i = 0; i < bytesMax; i++) {
            possible[i] = new BitSet();
            possible[i].set(0);
            states[i] = State.DURABLE;
        }
    }

    void wrote(int position, byte[] content) {
        unsynced = true;
        for (int i = 0; i < content.length; i++) {
            put(position + i, content[i], State.WRITTEN);
        }
        resized(Math.max(length, position + content.length));
    }

    void cut(int size) {
        for (int i = size; i < length; i++) {
            put(i, (byte) 0, State.CUT);
        }
        resized(Math.min(length, size));
    }

    void synced() {
        for (int i = 0; i < current.length; i++) {
            if (states[i] != State.FORGOTTEN) {
                settle(i);
            }
        }
        if (!forgotten) {
            shortest = length;
            longest = length;
            unsynced = false;
        }
    }

    void syncFailed() {
        for (int i = 0; i < current.length; i++) {
            if (states[i] == State.WRITTEN) {
                states[i] = State.FORGOTTEN;
            }
        }
        forgotten |= unsynced;
    }

    /** What is impossible about {@code found} after a power cut, if anything; goes on with it. */
    List<String> objections(byte[] found) {
        List<String> objections = new ArrayList<>();
        if (found.length > longest || (found.length < shortest && !forgotten)) {
            objections.add("length " + found.length + " is not between " + shortest + " and " + longest);
        }
        for (int i = 0; i < current.length; i++) {
            byte value = i < found.length ? found[i] : 0;
            if (i < found.length ? !possible[i].get(value & 0xff) : states[i] == State.DURABLE && current[i] != 0) {
                objections.add("byte " + i + " is " + value + ", not one of " + possible[i] + ", " + states[i]);
            }
            current[i] = value;
            settle(i);
        }
        length = found.length;
        shortest = length;
        longest = length;
        unsynced = false;
        forgotten = false;
        return objections;
    }

    private void put(int index, byte value, State state) {
        current[index] = value;
        possible[index].set(value & 0xff);
        states[index] = state;
    }

    private void settle(int index) {
        possible[index].clear();
        possible[index].set(current[index] & 0xff);
        states[index] = State.DURABLE;
    }

    private void resized(int size) {
        length = size;
        shortest = Math.min(shortest, size);
        longest = Math.max(longest, size);
    }
}
