package io.millrace.engine.record;

import io.netty.buffer.ByteBuf;

/** The body of an entry that is to be stored, which is written once, to where it stays. */
public interface EntryBody {
    /** The exact length of the body in bytes. */
    int bodyBytes();

    /** Writes exactly {@link #bodyBytes} bytes. Must not fail: what can be wrong with the body was checked before. */
    void writeBody(ByteBuf target);
}
