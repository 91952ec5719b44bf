package io.millrace.broker.message;

import io.netty.buffer.ByteBuf;

/**
 * Sees the properties and headers of a message one by one, without an object for any of them. First comes the name;
 * whoever wants what goes with it says so, and is given exactly one value. Texts are UTF-8 where they are stored, not
 * retained: valid as long as the entry.
 */
public interface PropertyVisitor {
    /** There is this property; whether its value is wanted, which is a text. */
    boolean onProperty(MessageProperty property);

    /** There is a header, whose name is {@code bytes} bytes at {@code at}; whether its value is wanted. */
    boolean onHeader(ByteBuf source, int at, int bytes);

    /** The value is a text of {@code bytes} bytes at {@code at}. */
    void onText(ByteBuf source, int at, int bytes);

    /** The value is a whole number. */
    void onLong(long value);

    /** The value is a number. */
    void onDouble(double value);

    /** The value is true or false. */
    void onBoolean(boolean value);

    /** The value is {@code bytes} bytes at {@code at}, of which nothing is known. */
    void onBytes(ByteBuf source, int at, int bytes);
}
