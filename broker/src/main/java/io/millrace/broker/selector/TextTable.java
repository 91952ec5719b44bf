package io.millrace.broker.selector;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/**
 * Texts that are looked up where a message has them, as UTF-8: sorted, so that no choice of texts makes a look cost
 * more than a few comparisons. Immutable; any thread; a look allocates nothing.
 */
final class TextTable {
    static final int ABSENT = -1;

    private final byte[][] texts;

    private TextTable(byte[][] texts) {
        this.texts = texts;
    }

    /** A table of {@code texts}, each once. */
    static TextTable of(Collection<String> texts) {
        byte[][] sorted = texts.stream().map(each -> each.getBytes(UTF_8)).toArray(byte[][]::new);
        Arrays.sort(sorted, TextTable::compare);
        return new TextTable(sorted);
    }

    /** The shorter first: most looks end with a comparison of lengths. */
    private static int compare(byte[] one, byte[] other) {
        return one.length == other.length ? Arrays.compareUnsigned(one, other) : one.length - other.length;
    }

    /** The texts, by their index. */
    List<String> texts() {
        return Arrays.stream(texts).map(each -> new String(each, UTF_8)).toList();
    }

    /** The index of the text of {@code bytes} bytes at {@code at}; or {@link #ABSENT}. */
    int find(ByteBuf source, int at, int bytes) {
        int low = 0;
        int high = texts.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int order = compare(texts[middle], source, at, bytes);
            if (order == 0) {
                return middle;
            }
            if (order < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return ABSENT;
    }

    private static int compare(byte[] text, ByteBuf source, int at, int bytes) {
        if (text.length != bytes) {
            return text.length - bytes;
        }
        for (int i = 0; i < bytes; i++) {
            int order = Byte.toUnsignedInt(text[i]) - source.getUnsignedByte(at + i);
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }
}
