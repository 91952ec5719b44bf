package io.millrace.testkit;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a file without a length: pages of {@value #PAGE_BYTES} bytes, missing pages read as zeros, pages shared
 * with another file image are copied when one of the two changes them. Not safe for threads.
 */
final class PagedBytes {
    static final int PAGE_BYTES = 4096;

    private static final byte[] ZEROS = new byte[PAGE_BYTES];

    private final Map<Long, Page> pages = new HashMap<>();

    /** Another image with the same bytes, which shares the pages until one side changes them. */
    PagedBytes fork() {
        PagedBytes copy = new PagedBytes();
        pages.forEach((number, page) -> {
            page.shared = true;
            copy.pages.put(number, page);
        });
        return copy;
    }

    /** Fills {@code count} bytes of {@code target} from {@code position} on. */
    void read(long position, ByteBuffer target, int count) {
        long end = position + count;
        for (long at = position; at < end; ) {
            int offset = offset(at);
            int length = lengthWithin(at, end);
            Page page = pages.get(at / PAGE_BYTES);
            target.put(page == null ? ZEROS : page.bytes, offset, length);
            at += length;
        }
    }

    /** Takes all of {@code source}. */
    void write(long position, ByteBuffer source) {
        long end = position + source.remaining();
        for (long at = position; at < end; ) {
            int length = lengthWithin(at, end);
            long number = at / PAGE_BYTES;
            Page page = writable(number);
            source.get(page.bytes, offset(at), length);
            if (Arrays.equals(page.bytes, ZEROS)) {
                pages.remove(number);
            }
            at += length;
        }
    }

    /** Takes the bytes {@code from} (inclusive) to {@code to} (exclusive) of {@code source}; whole pages are shared. */
    void copyFrom(PagedBytes source, long from, long to) {
        for (long at = from; at < to; ) {
            int length = lengthWithin(at, to);
            long number = at / PAGE_BYTES;
            Page page = source.pages.get(number);
            if (length == PAGE_BYTES) {
                share(number, page);
            } else if (page != null || pages.containsKey(number)) {
                byte[] bytes = page == null ? ZEROS : page.bytes;
                System.arraycopy(bytes, offset(at), writable(number).bytes, offset(at), length);
            }
            at += length;
        }
    }

    /** Makes everything from {@code position} on zeros. */
    void cut(long position) {
        long whole = (position + PAGE_BYTES - 1) / PAGE_BYTES;
        pages.keySet().removeIf(number -> number >= whole);
        if (offset(position) != 0 && pages.containsKey(position / PAGE_BYTES)) {
            Arrays.fill(writable(position / PAGE_BYTES).bytes, offset(position), PAGE_BYTES, (byte) 0);
        }
    }

    /** Inverts one bit, 0 to 7, of the byte at {@code position}. */
    void flip(long position, int bit) {
        writable(position / PAGE_BYTES).bytes[offset(position)] ^= (byte) (1 << bit);
    }

    private void share(long number, @Nullable Page page) {
        if (page == null) {
            pages.remove(number);
        } else {
            page.shared = true;
            pages.put(number, page);
        }
    }

    private Page writable(long number) {
        Page page = pages.get(number);
        if (page == null || page.shared) {
            page = new Page(page == null ? new byte[PAGE_BYTES] : page.bytes.clone());
            pages.put(number, page);
        }
        return page;
    }

    private static int offset(long position) {
        return (int) (position % PAGE_BYTES);
    }

    private static int lengthWithin(long position, long end) {
        return (int) Math.min(end - position, PAGE_BYTES - offset(position));
    }

    private static final class Page {
        final byte[] bytes;
        /** Once true, whoever wants to change the page takes a copy. */
        boolean shared;

        Page(byte[] bytes) {
            this.bytes = bytes;
        }
    }
}
