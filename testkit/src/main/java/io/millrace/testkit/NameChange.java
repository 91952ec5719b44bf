package io.millrace.testkit;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A create, rename or delete that is not durable yet. It happens as a whole: of a rename, both names change or none.
 */
final class NameChange {
    final long number;
    final List<Binding> bindings;
    /** A failed sync marked it clean: a later sync writes it only where something later rests on it. */
    boolean forgotten;

    NameChange(long number, List<Binding> bindings) {
        this.number = number;
        this.bindings = bindings;
    }

    boolean touches(SimulatedDirectory directory) {
        return bindings.stream().anyMatch(binding -> binding.place.directory == directory);
    }

    Set<Place> places() {
        return bindings.stream().map(Binding::place).collect(Collectors.toSet());
    }

    void apply() {
        bindings.forEach(binding -> binding.place.directory.bind(binding.place.name, binding.node));
    }

    void applyDurably() {
        bindings.forEach(binding -> binding.place.directory.bindDurably(binding.place.name, binding.node));
    }

    /** A name in a directory; directories are compared by identity. */
    record Place(SimulatedDirectory directory, String name) {}

    /** What a name stands for from now on; null frees it. */
    record Binding(Place place, @Nullable SimulatedNode node) {}
}
