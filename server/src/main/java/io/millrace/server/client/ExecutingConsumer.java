package io.millrace.server.client;

import io.millrace.server.process.FailureReason;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Runs a command for each message and acknowledges those for which it exits with 0; gives the others back. Receives no
 * more messages than it has commands free. {@link #consume} is called by one thread; each command has a thread beside
 * it.
 */
final class ExecutingConsumer {
    private final String queueName;
    private final ShellCommand command;
    private final Execution options;
    private final LeaseKeeper keeper;
    private final Settling settling;
    private final PrintWriter errors;
    private final Semaphore slots;
    private final AtomicReference<@Nullable ApiException> failure = new AtomicReference<>();

    /**
     * How commands are run.
     *
     * @param parallel how many at a time
     * @param retryDelay when a message comes again whose command failed
     * @param json whether a command reads all there is about its message, as JSON
     */
    record Execution(int parallel, Duration retryDelay, boolean json) {}

    ExecutingConsumer(
            String queueName,
            ShellCommand command,
            Execution options,
            LeaseKeeper keeper,
            Settling settling,
            PrintWriter errors) {
        this.queueName = queueName;
        this.command = command;
        this.options = options;
        this.keeper = keeper;
        this.settling = settling;
        this.errors = errors;
        this.slots = new Semaphore(options.parallel());
    }

    /** Works on what {@code intake} brings; returns when all commands have ended. */
    void consume(Intake intake, Stop stop) throws ApiException, InterruptedException {
        ExecutorService threads = Executors.newFixedThreadPool(options.parallel());
        try {
            while (stop.await(this::takeSlot, false) && !intake.isOver() && failure.get() == null) {
                int more = slots.drainPermits();
                List<ReceivedMessage> messages = intake.next(1 + more);
                slots.release(1 + more - messages.size());
                messages.forEach(keeper::keep);
                messages.forEach(each -> threads.execute(() -> work(each)));
            }
        } finally {
            threads.shutdown();
            threads.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
        }
        ApiException failed = failure.get();
        if (failed != null) {
            throw failed;
        }
    }

    private boolean takeSlot() throws InterruptedException {
        slots.acquire();
        return true;
    }

    private void work(ReceivedMessage message) {
        try {
            Optional<String> fault = execute(message);
            keeper.forget(message);
            if (fault.isEmpty()) {
                settling.acknowledge(List.of(message));
            } else {
                errors.println(
                        "message " + message.id() + ", delivery " + message.deliveryCount() + ": " + fault.get());
                settling.release(List.of(message), options.retryDelay());
            }
        } catch (ApiException e) {
            failure.compareAndSet(null, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            keeper.forget(message);
            slots.release();
        }
    }

    /** What was wrong with the command; empty where it exits with 0. */
    private Optional<String> execute(ReceivedMessage message) throws InterruptedException {
        byte[] input = options.json() ? message.json().toString().getBytes(StandardCharsets.UTF_8) : message.body();
        try {
            int status = command.run(MessageEnvironment.of(queueName, message), input);
            return status == 0 ? Optional.empty() : Optional.of("exit status " + status);
        } catch (IOException e) {
            return Optional.of("the command cannot be started: " + FailureReason.of(e));
        }
    }
}
