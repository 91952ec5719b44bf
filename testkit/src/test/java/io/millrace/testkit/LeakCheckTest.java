package io.millrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineTestKit;

/** Which threads a test class may leave behind. */
class LeakCheckTest {
    private static final List<Thread> STARTED = new ArrayList<>();
    private static CountDownLatch over;

    @BeforeEach
    void letThreadsStay() {
        over = new CountDownLatch(1);
    }

    @AfterEach
    void endThreads() throws InterruptedException {
        over.countDown();
        for (Thread thread : STARTED) {
            thread.join();
        }
        STARTED.clear();
    }

    @Test
    void aThreadThatStaysIsALeakUnlessItIsADaemonOfOthers() {
        assertThat(leakOf(LeavesAThread.class)).contains("[stays]");
        assertThat(leakOf(LeavesOurDaemon.class)).contains("[millrace-stays]");
        assertThat(leakOf(LeavesADaemonOfOthers.class)).isEmpty();
        assertThat(leakOf(StartsNothingWhileOthersRun.class)).isEmpty();
    }

    @Test
    void aThreadMayEndAfterTheTest() {
        assertThat(leakOf(LeavesAThreadThatEnds.class)).isEmpty();
        assertThat(STARTED).as("waited for").noneMatch(Thread::isAlive);
    }

    @Test
    void theCheckIsInherited() {
        assertThat(leakOf(Inherits.class)).contains("[stays]");
        assertThat(leakOf(InheritsTheWait.class)).isEmpty();
    }

    @Test
    void theReportShowsWhereTheThreadIs() {
        Throwable failure = failureOf(LeavesAThread.class).orElseThrow();

        assertThat(failure.getSuppressed()[0].getStackTrace())
                .anyMatch(frame -> frame.getMethodName().equals("await"));
    }

    private static Optional<String> leakOf(Class<?> test) {
        return failureOf(test).map(failure -> failure.getMessage().replace("Threads left behind: ", ""));
    }

    private static Optional<Throwable> failureOf(Class<?> test) {
        return EngineTestKit.engine("junit-jupiter")
                .selectors(selectClass(test))
                .execute()
                .containerEvents()
                .failed()
                .stream()
                .findFirst()
                .flatMap(event ->
                        event.getRequiredPayload(TestExecutionResult.class).getThrowable());
    }

    private static Thread start(String name, boolean daemon, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(daemon);
        STARTED.add(thread);
        thread.start();
        return thread;
    }

    private static void stays(String name, boolean daemon) {
        Thread thread = start(name, daemon, () -> {
            try {
                over.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        while (thread.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
    }

    @LeakCheck(waitMillisMax = 1)
    static class LeavesAThread {
        @Test
        void leaves() {
            stays("stays", false);
        }
    }

    static class Inherits extends LeavesAThread {}

    static class InheritsTheWait extends LeavesAThreadThatEnds {}

    @LeakCheck(waitMillisMax = 1)
    static class LeavesOurDaemon {
        @Test
        void leaves() {
            stays("millrace-stays", true);
        }
    }

    @LeakCheck(waitMillisMax = 1)
    static class LeavesADaemonOfOthers {
        @Test
        void leaves() {
            stays("other", true);
        }
    }

    @LeakCheck(waitMillisMax = 1)
    static class StartsNothingWhileOthersRun {
        @Test
        void startsNothing() {}
    }

    @LeakCheck
    static class LeavesAThreadThatEnds {
        @Test
        void leaves() {
            Thread tests = Thread.currentThread();
            start("ends", false, () -> {
                // The check joins with a time limit: only then is the thread of the tests in this state.
                while (tests.getState() != Thread.State.TIMED_WAITING && over.getCount() > 0) {
                    Thread.onSpinWait();
                }
            });
        }
    }
}
