package io.millrace.broker.selector;

import static io.millrace.broker.selector.SelectorLayout.NO_SLOT;

import io.millrace.broker.message.MessageProperty;
import io.millrace.broker.message.PropertyVisitor;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Arrays;

/**
 * The values that a selector works with for one message: those that it wants of the message, its literals, and what it
 * computes, each in a slot of its own. A message gives all that it has; what is not wanted is passed over. Of a header
 * that is there twice the first one counts. Reused; one thread; holds texts where they lie, not retained.
 */
public final class SelectorValues implements PropertyVisitor {
    /** There is no value. */
    static final byte NULL = 0;
    /** A whole number of 64 bits. */
    static final byte EXACT = 1;
    /** A number of double precision. */
    static final byte APPROXIMATE = 2;

    static final byte TEXT = 3;
    static final byte BOOLEAN = 4;
    /** A value that nothing can be said of but that it is there. */
    static final byte BYTES = 5;

    private final SelectorLayout layout;
    private final byte[] kinds;
    private final long[] bits;
    private final ByteBuf[] sources;
    private final int[] starts;
    private final int[] lengths;
    /** Where the next value goes. */
    private int next = NO_SLOT;

    private long bytesRead;

    SelectorValues(SelectorLayout layout) {
        this.layout = layout;
        kinds = new byte[layout.slots()];
        bits = new long[layout.slots()];
        sources = new ByteBuf[layout.slots()];
        Arrays.fill(sources, Unpooled.EMPTY_BUFFER);
        starts = new int[layout.slots()];
        lengths = new int[layout.slots()];
        layout.putLiterals(this);
    }

    /** Takes what {@code message} has, and forgets the one before. */
    void take(SelectorMessage message) {
        layout.clear(this);
        message.fill(this);
    }

    /** Whether any property or header is wanted: where none is, they need not be shown. */
    public boolean wantsProperties() {
        return layout.wantsProperties();
    }

    /** The message has this number. */
    public void number(SelectorField field, long value) {
        int slot = layout.slot(field);
        if (slot != NO_SLOT) {
            set(slot, EXACT, value);
        }
    }

    @Override
    public boolean onProperty(MessageProperty property) {
        next = layout.slot(property);
        return next != NO_SLOT;
    }

    @Override
    public boolean onHeader(ByteBuf source, int at, int bytes) {
        int slot = layout.slotOfHeader(source, at, bytes);
        next = slot != NO_SLOT && isNull(slot) ? slot : NO_SLOT;
        return next != NO_SLOT;
    }

    @Override
    public void onText(ByteBuf source, int at, int bytes) {
        setText(next, source, at, bytes);
    }

    @Override
    public void onLong(long value) {
        set(next, EXACT, value);
    }

    @Override
    public void onDouble(double value) {
        setApproximate(next, value);
    }

    @Override
    public void onBoolean(boolean value) {
        set(next, BOOLEAN, value ? 1 : 0);
    }

    @Override
    public void onBytes(ByteBuf source, int at, int bytes) {
        set(next, BYTES, 0);
    }

    void setNull(int slot) {
        kinds[slot] = NULL;
    }

    void set(int slot, byte kind, long value) {
        kinds[slot] = kind;
        bits[slot] = value;
    }

    void setApproximate(int slot, double value) {
        set(slot, APPROXIMATE, Double.doubleToRawLongBits(value));
    }

    void setText(int slot, ByteBuf source, int at, int bytes) {
        kinds[slot] = TEXT;
        sources[slot] = source;
        starts[slot] = at;
        lengths[slot] = bytes;
    }

    byte kind(int slot) {
        return kinds[slot];
    }

    boolean isNull(int slot) {
        return kinds[slot] == NULL;
    }

    boolean isNumber(int slot) {
        return kinds[slot] == EXACT || kinds[slot] == APPROXIMATE;
    }

    boolean isText(int slot) {
        return kinds[slot] == TEXT;
    }

    /** The whole number, or the truth as 1 or 0. */
    long exact(int slot) {
        return bits[slot];
    }

    /** The number, promoted where it is a whole one. */
    double approximate(int slot) {
        return kinds[slot] == EXACT ? bits[slot] : Double.longBitsToDouble(bits[slot]);
    }

    /** What the text lies in. */
    ByteBuf source(int slot) {
        return sources[slot];
    }

    /** Where the text begins. */
    int start(int slot) {
        return starts[slot];
    }

    /** How many bytes of UTF-8 the text has. */
    int length(int slot) {
        return lengths[slot];
    }

    /** A condition reads the text in {@code slot}. */
    void countRead(int slot) {
        bytesRead += lengths[slot];
    }

    /** How many bytes of texts conditions have read so far. */
    long bytesRead() {
        return bytesRead;
    }

    boolean isSameText(int one, int other) {
        countRead(one);
        return lengths[one] == lengths[other]
                && ByteBufUtil.equals(sources[one], starts[one], sources[other], starts[other], lengths[one]);
    }
}
