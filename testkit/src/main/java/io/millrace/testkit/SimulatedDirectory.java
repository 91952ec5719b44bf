package io.millrace.testkit;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The names in one directory: those that are seen, and those that are on the disk for certain. Guarded by the lock of
 * the {@link SimulatedDisk}.
 */
final class SimulatedDirectory implements SimulatedNode {
    /** By name, so that walks have the same order in each run. */
    final Map<String, SimulatedNode> current = new TreeMap<>();

    private final Map<String, SimulatedNode> durable = new TreeMap<>();

    void bind(String name, @Nullable SimulatedNode node) {
        bind(current, name, node);
    }

    void bindDurably(String name, @Nullable SimulatedNode node) {
        bind(durable, name, node);
    }

    /** Goes back to what is on the disk, here and below. */
    void revert() {
        current.clear();
        current.putAll(durable);
        for (SimulatedNode node : current.values()) {
            if (node instanceof SimulatedDirectory below) {
                below.revert();
            }
        }
    }

    private static void bind(Map<String, SimulatedNode> names, String name, @Nullable SimulatedNode node) {
        if (node == null) {
            names.remove(name);
        } else {
            names.put(name, node);
        }
    }
}
