package io.millrace.api.rest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.api.Http.Answer;
import io.millrace.base.file.FileSystem;
import io.millrace.storage.local.LocalStoreOptions;
import io.millrace.testkit.SimulatedFileSystem;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Old messages are moved more slowly than new ones come: publishers wait, and everything else goes on. */
class SlowMovingTest extends RigTest {
    private static final int FILE = 256 << 10;
    private static final Duration WITHIN = Duration.ofSeconds(20);
    private static final byte[] BODY = "x".repeat(20_000).getBytes(UTF_8);

    private final SimulatedFileSystem disk = new SimulatedFileSystem(new Random(1));
    /** Nothing is moved before this opens. */
    private final CountDownLatch gate = new CountDownLatch(1);

    @Override
    FileSystem disk() {
        return (FileSystem)
                Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {FileSystem.class}, this::call);
    }

    private Object call(Object proxy, Method method, Object[] arguments) throws Throwable {
        if (method.getName().equals("create") && arguments[0].toString().contains("segment-")) {
            gate.await();
        }
        try {
            return method.invoke(disk, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    @Override
    LocalStoreOptions store() {
        return LocalStoreOptions.DEFAULT
                .withShards(4)
                .withSizes(FILE, FILE, 16 << 10)
                .withJournalBytes(2 * FILE);
    }

    @AfterEach
    void openGate() {
        gate.countDown();
    }

    private CompletableFuture<Answer> publish() {
        return CompletableFuture.supplyAsync(() -> http.send("POST", "/v1/queues/q/messages", "text/plain", BODY));
    }

    private boolean isBehind() {
        return http.get("/metrics").text().lines().anyMatch("millrace_storage_behind 1.0"::equals);
    }

    @Test
    void publishersWaitUntilAnOldFileHasLeftAndConsumersDoNot() throws Exception {
        List<CompletableFuture<Answer>> answers = new ArrayList<>();
        long end = System.nanoTime() + WITHIN.toNanos();
        while (!isBehind() && System.nanoTime() - end < 0) {
            CompletableFuture<Answer> answer = publish();
            answers.add(answer);
            CompletableFuture.anyOf(answer, new CompletableFuture<>().completeOnTimeout("", 1, TimeUnit.SECONDS))
                    .join();
        }
        assertThat(isBehind()).isTrue();
        assertThat(http.get("/health/ready").json().get("status").textValue()).isEqualTo("ready");
        CompletableFuture<Answer> waiting = publish();
        answers.add(waiting);

        JsonNode message = receiveOne();
        assertThat(settle(message, "acknowledge").get("done").booleanValue()).isTrue();
        http.put("/v1/queues/another", "").expect(201);
        assertThat(waiting.isDone()).isFalse();

        gate.countDown();
        for (CompletableFuture<Answer> each : answers) {
            each.get(WITHIN.toSeconds(), TimeUnit.SECONDS).expect(201);
        }
    }
}
