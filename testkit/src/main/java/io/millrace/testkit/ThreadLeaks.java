package io.millrace.testkit;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/** Compares the threads before and after a test class, for {@link LeakCheck}. */
final class ThreadLeaks implements BeforeAllCallback, AfterAllCallback {
    @Override
    public void beforeAll(ExtensionContext context) {
        store(context)
                .put(
                        context.getUniqueId(),
                        new Before(Thread.getAllStackTraces().keySet()));
    }

    @Override
    public void afterAll(ExtensionContext context) throws InterruptedException {
        Before before = store(context).remove(context.getUniqueId(), Before.class);
        if (before == null) {
            return;
        }
        long deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(waitMillisMax(context));
        List<Thread> leaked = leaked(before.threads);
        while (!leaked.isEmpty()) {
            long millis = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
            if (millis <= 0) {
                throw failure(leaked);
            }
            leaked.get(0).join(millis);
            leaked = leaked(before.threads);
        }
    }

    private static List<Thread> leaked(Set<Thread> before) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !before.contains(thread) && thread.isAlive())
                .filter(thread -> !thread.isDaemon() || thread.getName().startsWith("millrace-"))
                .toList();
    }

    private static AssertionError failure(List<Thread> leaked) {
        AssertionError error = new AssertionError("Threads left behind: "
                + leaked.stream().map(Thread::getName).sorted().toList());
        for (Thread thread : leaked) {
            Exception place = new Exception(thread.getName() + " is here");
            place.setStackTrace(thread.getStackTrace());
            error.addSuppressed(place);
        }
        return error;
    }

    private static long waitMillisMax(ExtensionContext context) {
        return AnnotationSupport.findAnnotation(context.getRequiredTestClass(), LeakCheck.class)
                .map(LeakCheck::waitMillisMax)
                .orElse(0L);
    }

    private static ExtensionContext.Store store(ExtensionContext context) {
        return context.getStore(ExtensionContext.Namespace.create(ThreadLeaks.class));
    }

    private static final class Before {
        private final Set<Thread> threads;

        Before(Set<Thread> threads) {
            this.threads = new HashSet<>(threads);
        }
    }
}
