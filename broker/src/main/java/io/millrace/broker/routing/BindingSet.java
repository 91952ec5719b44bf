package io.millrace.broker.routing;

import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePSet;

/** Bindings, each once: a short array, or a tree where they are many. Immutable; any thread. */
final class BindingSet {
    static final BindingSet EMPTY = new BindingSet(new Binding[0], null);

    private static final int FEW = 8;

    private final Binding[] few;
    private final @Nullable TreePSet<Binding> many;

    private BindingSet(Binding[] few, @Nullable TreePSet<Binding> many) {
        this.few = few;
        this.many = many;
    }

    boolean isEmpty() {
        return size() == 0;
    }

    int size() {
        return many == null ? few.length : many.size();
    }

    /** The binding in it that is the same as {@code binding}. */
    @Nullable
    Binding find(Binding binding) {
        if (many != null) {
            Binding found = many.ceiling(binding);
            return found != null && Binding.ORDER.compare(found, binding) == 0 ? found : null;
        }
        int at = indexOf(binding);
        return at < 0 ? null : few[at];
    }

    private int indexOf(Binding binding) {
        for (int at = 0; at < few.length; at++) {
            if (Binding.ORDER.compare(few[at], binding) == 0) {
                return at;
            }
        }
        return -1;
    }

    /** This with {@code binding}, in the place of the same one. */
    BindingSet plus(Binding binding) {
        BindingSet without = minus(binding);
        if (without.many != null) {
            return new BindingSet(EMPTY.few, without.many.plus(binding));
        }
        if (without.few.length == FEW) {
            return new BindingSet(
                    EMPTY.few,
                    TreePSet.from(Binding.ORDER, Arrays.asList(without.few)).plus(binding));
        }
        Binding[] more = Arrays.copyOf(without.few, without.few.length + 1);
        more[more.length - 1] = binding;
        return new BindingSet(more, null);
    }

    /** This without the same one as {@code binding}. */
    BindingSet minus(Binding binding) {
        if (many != null) {
            TreePSet<Binding> less = many.minus(binding);
            return less.size() > FEW / 2 ? new BindingSet(few, less) : new BindingSet(less.toArray(few), null);
        }
        int at = indexOf(binding);
        if (at < 0) {
            return this;
        }
        Binding[] less = Arrays.copyOf(few, few.length - 1);
        System.arraycopy(few, at + 1, less, at, less.length - at);
        return less.length == 0 ? EMPTY : new BindingSet(less, null);
    }

    void forEach(Consumer<Binding> action) {
        if (many != null) {
            many.forEach(action);
            return;
        }
        for (Binding each : few) {
            action.accept(each);
        }
    }
}
