package io.millrace.broker.selector;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.buffer.UnpooledHeapByteBuf;

/** A text that counts how many of its bytes are read one by one. */
final class CountedText extends UnpooledHeapByteBuf {
    private long reads;

    CountedText(String text) {
        super(UnpooledByteBufAllocator.DEFAULT, text.getBytes(UTF_8).length, Integer.MAX_VALUE);
        writeBytes(text.getBytes(UTF_8));
    }

    @Override
    public byte getByte(int index) {
        reads++;
        return super.getByte(index);
    }

    long reads() {
        return reads;
    }
}
