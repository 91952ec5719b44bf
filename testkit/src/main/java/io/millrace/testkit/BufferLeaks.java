package io.millrace.testkit;

import io.netty.buffer.PooledByteBufAllocator;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test class during which a buffer was dropped without being released. Applies to every class of a module that
 * depends on the test kit; how many buffers are watched is Netty's leak detection level, which the build sets to all.
 */
public final class BufferLeaks implements BeforeAllCallback, AfterAllCallback {
    private static final int COLLECTIONS = 2;
    private static final long COLLECTION_MILLIS_MAX = 10_000;

    static {
        RecordingLeakDetector.install();
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        // Being loaded before the first buffer is all that is needed here.
    }

    @Override
    public void afterAll(ExtensionContext context) throws InterruptedException {
        if (context.getParent().flatMap(ExtensionContext::getTestClass).isPresent()) {
            return; // a nested class: its outermost one looks
        }
        List<String> leaks = find();
        if (!leaks.isEmpty()) {
            throw new AssertionError(leaks.size() + " buffers leaked; the first: " + leaks.get(0));
        }
    }

    /** Takes the leaks of what is garbage by now. */
    static List<String> find() throws InterruptedException {
        for (int i = 0; i < COLLECTIONS; i++) {
            collect();
        }
        // Netty looks through what was collected whenever it hands out a buffer.
        PooledByteBufAllocator.DEFAULT.directBuffer(1).release();
        return RecordingLeakDetector.take();
    }

    /** Returns when the collector has run, which it shows by taking an object that was made for it. */
    private static void collect() throws InterruptedException {
        ReferenceQueue<Object> taken = new ReferenceQueue<>();
        WeakReference<Object> bait = new WeakReference<>(new Object(), taken);
        System.gc();
        if (taken.remove(COLLECTION_MILLIS_MAX) != bait) {
            throw new AssertionError("the garbage collector does not run");
        }
    }
}
