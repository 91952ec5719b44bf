package io.millrace.engine;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongPredicate;

/** Wants the messages of a test whose numbers it says. Two of one name are equal. Notes what it looks at. */
final class NumberFilter implements MessageFilter {
    /** The numbers of the messages that it has looked at. */
    final List<Long> looks = new ArrayList<>();

    private final String name;
    private final LongPredicate wanted;
    /** What it says that it reads of each message. */
    long bytesOfEach;

    private long bytesRead;

    NumberFilter(String name, LongPredicate wanted) {
        this.name = name;
        this.wanted = wanted;
    }

    /** Wants every {@code each}th message, the one with this remainder. */
    static NumberFilter of(int each, int remainder) {
        return new NumberFilter(remainder + " of " + each, number -> number % each == remainder);
    }

    /** Wants none. */
    static NumberFilter nothing() {
        return new NumberFilter("nothing", number -> false);
    }

    /** Wants all. */
    static NumberFilter all() {
        return new NumberFilter("all", number -> true);
    }

    boolean wants(long number) {
        // In each log that shares a body it wants the same.
        return wanted.test(number & (PublishProbe.SHARED - 1));
    }

    @Override
    public boolean matches(ByteBuf entry, int indexInEntry, int deliveryCount) {
        long number = PublishProbe.numberIn(entry, indexInEntry);
        looks.add(number);
        bytesRead += bytesOfEach;
        return wants(number);
    }

    @Override
    public long bytesRead() {
        return bytesRead;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof NumberFilter filter && filter.name.equals(name);
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }

    @Override
    public String toString() {
        return name;
    }
}
