package io.millrace.storage.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.storage.Extent;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * Which checkpoint of a shard may and must be in force, and what it must find, by the promises of the interface alone.
 */
final class CheckpointModel {
    private static final Stated NONE = new Stated(0, 0, List.of(), new TreeMap<>(), new TreeMap<>());

    /** The newest one that was answered, or found by a start. */
    private Stated inForce = NONE;
    /** Stated after it and not answered: any of them may be found in its place. */
    private final List<Stated> later = new ArrayList<>();

    private long lastId;
    /** The same for a copy of the store that is being made; null where there is none. */
    private CheckpointModel copy;

    /** A checkpoint with everything that has to be readable as long as it is in force. */
    record Stated(
            long id,
            long replayFrom,
            List<Extent> adopted,
            NavigableMap<Long, byte[]> adoptedRecords,
            NavigableMap<Long, byte[]> segments) {
        /** Its number, and bytes that no other has. */
        byte[] manifest() {
            SplittableRandom random = new SplittableRandom(id);
            byte[] noise = new byte[random.nextInt(random.nextInt(8) == 0 ? 20_000 : 200)];
            random.nextBytes(noise);
            return ByteBuffer.allocate(Long.BYTES + noise.length)
                    .putLong(id)
                    .put(noise)
                    .array();
        }
    }

    long nextId() {
        return ++lastId;
    }

    Stated inForce() {
        return inForce;
    }

    void stated(Stated checkpoint) {
        later.add(checkpoint);
        if (copy != null) {
            copy.later.add(checkpoint);
            copy.lastId = lastId;
        }
    }

    /** What may be in force in a copy of the store that is made from now on, until {@link #endCopy}. */
    CheckpointModel copied() {
        copy = new CheckpointModel();
        copy.inForce = inForce;
        copy.later.addAll(later);
        copy.lastId = lastId;
        return copy;
    }

    /** The copy is made: what is stated from now on is not in it. */
    void endCopy() {
        copy = null;
    }

    void stored(Stated checkpoint) {
        assertThat(later.remove(checkpoint)).isTrue();
        assertThat(checkpoint.id).isGreaterThan(inForce.id);
        inForce = checkpoint;
    }

    void failed(Stated checkpoint) {
        assertThat(later.remove(checkpoint)).isTrue();
    }

    /** A start has found this manifest. */
    Stated found(byte[] manifest) {
        long id = ByteBuffer.wrap(manifest).getLong();
        if (id != inForce.id) {
            inForce = later.stream()
                    .filter(each -> each.id == id)
                    .findAny()
                    .orElseThrow(() -> new AssertionError(
                            "manifest " + id + " is in force, not " + inForce.id + " or one of " + later));
        }
        assertThat(manifest).isEqualTo(inForce.manifest());
        later.clear();
        return inForce;
    }

    /** A start was done, and no manifest was found in it. */
    void foundNone() {
        assertThat(inForce.id).as("the newest stored checkpoint").isZero();
        later.clear();
    }
}
