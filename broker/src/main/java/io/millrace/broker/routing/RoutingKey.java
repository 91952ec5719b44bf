package io.millrace.broker.routing;

import io.netty.buffer.ByteBufUtil;

/**
 * What keys of messages and bindings may be: any text of up to {@value #BYTES_MAX} bytes in UTF-8, as in AMQP 0-9-1
 * (short string), also an empty one. Stateless; any thread.
 */
public final class RoutingKey {
    public static final int BYTES_MAX = 255;

    private RoutingKey() {}

    /** Returns {@code text} if it is one; else an {@link IllegalArgumentException} calls it {@code what}. */
    public static String check(String what, String text) {
        if (text.length() > BYTES_MAX || ByteBufUtil.utf8Bytes(text) > BYTES_MAX) {
            throw new IllegalArgumentException(what + " is longer than " + BYTES_MAX + " bytes of UTF-8");
        }
        for (int at = 0; at < text.length(); at += Character.charCount(text.codePointAt(at))) {
            if (Character.getType(text.codePointAt(at)) == Character.SURROGATE) {
                throw new IllegalArgumentException(what + " has an unpaired surrogate at position " + at);
            }
        }
        return text;
    }
}
