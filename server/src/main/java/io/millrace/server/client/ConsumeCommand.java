package io.millrace.server.client;

import io.millrace.server.command.CommandFrame;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace consume}: messages out of a queue, printed or worked on by a command. */
@Command(
        name = "consume",
        header = "Consume messages: print them, or run a command for each.",
        description = {
            "",
            "Prints each message as a line and acknowledges it once it is written. With --exec, runs a "
                    + "command for each message, the body on its standard input; exit status 0 acknowledges the "
                    + "message, any other gives it back, and the status is kept with it if it becomes a dead letter. "
                    + "The lease is extended as long as the command runs. The "
                    + "command finds MILLRACE_MESSAGE_ID, MILLRACE_DELIVERY_COUNT, MILLRACE_KEY, "
                    + "MILLRACE_CONTENT_TYPE, MILLRACE_HEADER_<NAME> and more in its environment. Ctrl-C lets "
                    + "running commands finish, a second one ends them. A broker that restarts is waited for. A "
                    + "message may come twice: if its lease or its consumer ends too early."
        },
        footer = {
            "  millrace consume greetings",
            "  millrace consume greetings --max 10 --wait 0s --json",
            "  millrace consume lines --wait 5s > lines.txt",
            "  millrace consume paths --exec 'read -r path; gzip -k \"$path\"'",
            "  millrace consume orders --exec ./make-invoice --publish-to invoices",
            "  millrace consume mails --exec ./send-mail --parallel 4 --retry-delay 1m",
            "  millrace consume mails --exec ./send-mail --reject-status 65",
            "  millrace consume orders --exclusive",
            "  millrace consume orders --selector \"region = 'north' AND NOT urgent\""
        })
final class ConsumeCommand extends SpaceCommand {
    private static final int PARALLEL_MAX = 1_000;
    private static final int STATUS_MAX = 255;
    private static final int KILLED = 130;
    private static final int FORBIDDEN = 403;
    private static final Duration EXEC_LEASE = Duration.ofSeconds(30);
    private static final Duration RETRY_DELAY = Duration.ofSeconds(5);

    @Parameters(paramLabel = "QUEUE", description = "The queue.")
    private String queue = "";

    @Option(names = "--max", paramLabel = "N", description = "End after this many messages (default: never).")
    private long max = Long.MAX_VALUE;

    @Option(
            names = "--wait",
            paramLabel = "TIME",
            converter = DurationOption.class,
            description = "End when no message came for this long; 0s ends when the queue is empty (default: never).")
    private @Nullable Duration wait;

    @Option(
            names = "--lease",
            paramLabel = "TIME",
            converter = DurationOption.class,
            description = "How long a message is ours before it goes to others (default: what the queue says;"
                    + " 30s with --exec, extended while the command runs).")
    private @Nullable Duration lease;

    @Option(names = "--json", description = "Print all there is about each message, or hand it to the command.")
    private boolean json;

    @Option(
            names = {"-0", "--null"},
            description = "End each message with a NUL byte instead of the line.")
    private boolean isNullSeparated;

    @Option(names = "--exec", paramLabel = "COMMAND", description = "Run this with sh for each message.")
    private @Nullable String command;

    @Option(
            names = "--publish-to",
            paramLabel = "QUEUE",
            description = "Publish what the command writes to this queue, and acknowledge the message with it: both"
                    + " or neither. A command that writes nothing just acknowledges.")
    private @Nullable String target;

    @Option(
            names = "--reject-status",
            paramLabel = "N",
            description = "Exit status, 1 to 255, by which the command says that its message can never be done: it is"
                    + " not delivered again, but goes to the dead letters of the queue, or is gone where there are"
                    + " none.")
    private @Nullable Integer rejectStatus;

    @Option(names = "--parallel", paramLabel = "N", description = "Commands at a time (default: ${DEFAULT-VALUE}).")
    private int parallel = 1;

    @Option(
            names = "--retry-delay",
            paramLabel = "TIME",
            converter = DurationOption.class,
            description = "When a message comes again whose command has failed (default: what the queue says; 5s if it"
                    + " says nothing).")
    private @Nullable Duration retryDelay;

    @Option(
            names = "--priority",
            paramLabel = "N",
            description = "Be served before those who wait with a lower one, whole numbers of 32 bits; others have 0.")
    private @Nullable Integer priority;

    @Option(names = "--exclusive", description = "Be the only one who gets messages of the queue; else end.")
    private boolean exclusive;

    @Option(
            names = "--selector",
            paramLabel = "SELECTOR",
            description = "Only messages that it selects, like \"color = 'red' AND amount > 10\"; others stay for"
                    + " others.")
    private @Nullable String selector;

    ConsumeCommand(Shell shell) {
        super(shell);
    }

    @Override
    int run(HttpApi api) throws ApiException, InterruptedException {
        if (max < 1 || parallel < 1 || parallel > PARALLEL_MAX) {
            throw misuse("--max is at least 1, --parallel 1 to " + PARALLEL_MAX);
        }
        if (target != null && command == null) {
            throw misuse("--publish-to takes what a command writes: say which by --exec");
        }
        if (rejectStatus != null && (command == null || rejectStatus < 1 || rejectStatus > STATUS_MAX)) {
            throw misuse("--reject-status is 1 to " + STATUS_MAX + ", of the command that --exec names");
        }
        var tally = new ConsumeTally();
        try {
            return command == null ? print(api, tally) : execute(api, command, tally);
        } finally {
            errors().println(tally);
            errors().flush();
        }
    }

    private int print(HttpApi api, ConsumeTally tally) throws ApiException, InterruptedException {
        var client = new QueueClient(api, queue);
        var persistence = new Persistence(errors());
        var stop = new Stop(() -> Runtime.getRuntime().halt(KILLED));
        shell().signals().accept(signal -> stop.request());
        var printer = new MessagePrinter(shell().output(), json, isNullSeparated ? '\0' : '\n');
        try (var reception = reception(client)) {
            boolean complete = new PrintingConsumer(printer, new Settling(client, persistence, tally))
                    .consume(new Intake(reception, options(), persistence, stop));
            return complete ? 0 : CommandFrame.FAILED;
        }
    }

    private int execute(HttpApi api, String commandLine, ConsumeTally tally) throws ApiException, InterruptedException {
        var client = new QueueClient(api, queue);
        var persistence = new Persistence(errors());
        var shellCommand = new ShellCommand(commandLine);
        var stop = new Stop(shellCommand::terminate);
        shell().signals().accept(signal -> stop.request());
        lease = lease != null ? lease : EXEC_LEASE;
        try (var keeper = new LeaseKeeper(client, lease, errors()).start();
                var reception = reception(client)) {
            new ExecutingConsumer(
                            queue,
                            shellCommand,
                            new ExecutingConsumer.Execution(
                                    parallel,
                                    retryDelay(client),
                                    json,
                                    Optional.ofNullable(rejectStatus),
                                    Optional.ofNullable(target)),
                            keeper,
                            new Settling(client, persistence, tally),
                            errors())
                    .consume(new Intake(reception, options(), persistence, stop), stop);
        }
        return 0;
    }

    private Reception reception(QueueClient client) {
        var terms = new Reception.Terms(Optional.ofNullable(priority), exclusive, Optional.ofNullable(selector));
        return new Reception(client, terms, errors()).start();
    }

    /** Empty where the queue says it. A command that fails at once is not to be run again at once. */
    private Optional<Duration> retryDelay(QueueClient client) throws ApiException, InterruptedException {
        if (retryDelay != null) {
            return Optional.of(retryDelay);
        }
        try {
            boolean isSaid = client.describe().path("settings").has("retryDelayMillis");
            return isSaid ? Optional.empty() : Optional.of(RETRY_DELAY);
        } catch (ApiException e) {
            if (e.status() != FORBIDDEN) {
                throw e;
            }
            return Optional.of(RETRY_DELAY); // who may consume need not be allowed to look
        }
    }

    private ConsumerOptions options() {
        return new ConsumerOptions(max, Optional.ofNullable(wait), Optional.ofNullable(lease));
    }
}
