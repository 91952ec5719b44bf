package io.millrace.server.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A stop ends what waits and nothing else. */
class StopTest {
    private final AtomicInteger atOnce = new AtomicInteger();
    private final Stop stop = new Stop(atOnce::incrementAndGet);

    @Test
    void aWaitThatIsOverGivesItsResult() throws Exception {
        assertThat(stop.await(() -> "result", "otherwise")).isEqualTo("result");
        assertThat(stop.isRequested()).isFalse();
    }

    @Test
    void aRequestEndsTheWait() throws Exception {
        var waiting = new CountDownLatch(1);
        var never = new CountDownLatch(1);
        CompletableFuture<String> result = CompletableFuture.supplyAsync(() -> {
            try {
                return stop.await(
                        () -> {
                            waiting.countDown();
                            never.await();
                            return "result";
                        },
                        "otherwise");
            } catch (InterruptedException e) {
                return "interrupted";
            }
        });
        waiting.await();
        stop.request();

        assertThat(result.get()).isEqualTo("otherwise");
        assertThat(atOnce).hasValue(0);
    }

    @Test
    void afterARequestNothingWaitsAnyMore() throws Exception {
        stop.request();

        assertThat(stop.await(() -> "result", "otherwise")).isEqualTo("otherwise");
    }

    @Test
    void aRequestThatComesAsTheWaitEndsDisturbsNothingAfterwards() throws Exception {
        String result = stop.await(
                () -> {
                    stop.request();
                    return "result";
                },
                "otherwise");

        assertThat(result).isEqualTo("result");
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void theSecondRequestIsForTheImpatientAndTheThirdForNobody() {
        stop.request();
        assertThat(atOnce).hasValue(0);
        stop.request();
        stop.request();
        assertThat(atOnce).hasValue(1);
    }
}
