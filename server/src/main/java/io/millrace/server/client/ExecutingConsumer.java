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
 * Runs a command for each message and acknowledges those for which it exits with 0; gives the others back, or rejects
 * them, and says why. Receives no more messages than it has commands free. {@link #consume} is called by one thread;
 * each command has a thread beside it.
 */
final class ExecutingConsumer {
    /** The status of an answer that refuses a message for its size (RFC 9110, section 15.5.14). */
    private static final int TOO_LARGE = 413;

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
     * @param retryDelay when a message comes again whose command failed; if not said, when its queue says
     * @param json whether a command reads all there is about its message, as JSON
     * @param rejectStatus the exit status of a command whose message is not to be delivered any more; none if not said
     * @param target the queue that takes what a command writes; if not said, that goes where our output goes
     */
    record Execution(
            int parallel,
            Optional<Duration> retryDelay,
            boolean json,
            Optional<Integer> rejectStatus,
            Optional<String> target) {}

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
            execute(message);
        } catch (ApiException e) {
            failure.compareAndSet(null, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            keeper.forget(message);
            slots.release();
        }
    }

    private void execute(ReceivedMessage message) throws ApiException, InterruptedException {
        byte[] input = options.json() ? message.json().toString().getBytes(StandardCharsets.UTF_8) : message.body();
        ShellCommand.Result result;
        try {
            result = command.run(
                    MessageEnvironment.of(queueName, message),
                    input,
                    options.target().isPresent());
        } catch (IOException e) {
            giveBack(message, "the command cannot be run: " + FailureReason.of(e));
            return;
        }
        if (result.status() != 0) {
            String fault = "exit status " + result.status();
            if (options.rejectStatus().equals(Optional.of(result.status()))) {
                tell(message, fault);
                settling.reject(message, fault);
            } else {
                giveBack(message, fault);
            }
            return;
        }
        // Its lease is not made longer any more: it is about to end.
        keeper.forget(message);
        if (result.output().length > 0 && options.target().isPresent()) {
            publish(message, options.target().get(), OutgoingMessage.of(result.output()));
        } else {
            settling.acknowledge(List.of(message));
        }
    }

    private void publish(ReceivedMessage message, String target, OutgoingMessage followUp)
            throws ApiException, InterruptedException {
        try {
            settling.acknowledge(message, target, followUp);
        } catch (ApiException e) {
            if (e.status() != TOO_LARGE) {
                throw e;
            }
            // Another message may have a smaller one.
            giveBack(message, String.valueOf(e.getMessage()));
        }
    }

    private void giveBack(ReceivedMessage message, String fault) throws ApiException, InterruptedException {
        tell(message, fault);
        settling.retry(message, options.retryDelay(), fault);
    }

    /** Its lease is not made longer any more. */
    private void tell(ReceivedMessage message, String fault) {
        keeper.forget(message);
        errors.println("message " + message.id() + ", delivery " + message.deliveryCount() + ": " + fault);
    }
}
