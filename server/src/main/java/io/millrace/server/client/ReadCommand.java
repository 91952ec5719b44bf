package io.millrace.server.client;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.server.command.CommandFrame;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace read}: messages of a topic, or of a queue, printed in the order of their offsets. */
@Command(
        name = "read",
        header = "Read the messages of a topic, or of a queue, without changing anything.",
        description = {
            "",
            "Prints each message as a line, in the order of their offsets: one partition after the other, or with "
                    + "--follow as they come. Whoever reads takes nothing away: others read the same. Of a queue it "
                    + "shows what no consumer has settled yet. A broker that restarts is waited for with --follow."
        },
        footer = {
            "  millrace read clicks",
            "  millrace read clicks --partition 2 --from 1000 --max 10 --json",
            "  millrace read clicks --from latest --follow",
            "  millrace read clicks --from 2027-01-31T18:00:00Z",
            "  millrace read orders"
        })
final class ReadCommand extends SpaceCommand {
    private static final int FOLLOWED_MAX = 100;
    private static final int KILLED = 130;
    private static final Duration WAIT = Duration.ofSeconds(20);

    @Parameters(paramLabel = "TOPIC|QUEUE", description = "The topic or the queue.")
    private String name = "";

    @Option(
            names = "--partition",
            paramLabel = "N",
            description = "Only this partition of the topic, from 0 (default: all of them).")
    private @Nullable Integer partition;

    @Option(
            names = "--from",
            paramLabel = "WHERE",
            description = "Where to begin: earliest, latest, an offset, or a date with its time and offset such as"
                    + " 2027-01-31T18:00:00Z (default: ${DEFAULT-VALUE}).")
    private String from = "earliest";

    @Option(names = "--follow", description = "Go on with what is published, until Ctrl-C.")
    private boolean follow;

    @Option(names = "--max", paramLabel = "N", description = "End after this many messages (default: never).")
    private long max = Long.MAX_VALUE;

    @Option(names = "--json", description = "Print all there is about each message, as JSON.")
    private boolean json;

    @Option(
            names = "--deaths",
            description = "Print behind each message its id, and where it has died why it was not delivered any more.")
    private boolean hasDeaths;

    @Option(
            names = {"-0", "--null"},
            description = "End each message with a NUL byte instead of the line.")
    private boolean isNullSeparated;

    ReadCommand(Shell shell) {
        super(shell);
    }

    /** What came of a read of {@code log}. */
    private record Arrival(LogClient log, CompletableFuture<JsonNode> answer) {
        JsonNode get() throws ApiException {
            try {
                return answer.join();
            } catch (CompletionException e) {
                if (e.getCause() instanceof ApiException refused) {
                    throw refused;
                }
                throw e;
            }
        }
    }

    @Override
    int run(HttpApi api) throws ApiException, InterruptedException {
        if (max < 1 || (partition != null && partition < 0)) {
            throw misuse("--max is at least 1, --partition 0 or more");
        }
        if (json && hasDeaths) {
            throw misuse("--json has the deaths, too: it goes without --deaths");
        }
        List<LogClient> logs = logs(api);
        if (follow && logs.size() > FOLLOWED_MAX) {
            throw misuse("with --follow, say a --partition: the topic has more than " + FOLLOWED_MAX);
        }
        var printer = new MessagePrinter(shell().output(), json, isNullSeparated ? '\0' : '\n');
        var stop = new Stop(() -> Runtime.getRuntime().halt(KILLED));
        shell().signals().accept(signal -> stop.request());
        boolean complete = follow ? follow(logs, printer, stop) : readAll(logs, printer, stop);
        return complete ? 0 : CommandFrame.FAILED;
    }

    /** The partitions of the topic; where there is none of that name, the queue. */
    private List<LogClient> logs(HttpApi api) throws ApiException, InterruptedException {
        if (partition != null) {
            return List.of(LogClient.ofPartition(api, name, partition, from));
        }
        int count;
        try {
            count = new TopicClient(api, name).describe().path("partitions").asInt();
        } catch (ApiException e) {
            if (!e.problem().equals("topic-not-found")) {
                throw e;
            }
            return List.of(LogClient.ofQueue(api, name, from));
        }
        List<LogClient> logs = new ArrayList<>(count);
        for (int number = 0; number < count; number++) {
            logs.add(LogClient.ofPartition(api, name, number, from));
        }
        return logs;
    }

    /** Prints what is there; whether all of it was taken. */
    private boolean readAll(List<LogClient> logs, MessagePrinter printer, Stop stop)
            throws ApiException, InterruptedException {
        for (LogClient log : logs) {
            long next = 0;
            // What is published meanwhile is for those who follow.
            for (long end = Long.MAX_VALUE; next < end && max > 0 && !stop.isRequested(); ) {
                JsonNode answer = new Arrival(log, log.read(max, Duration.ZERO)).get();
                print(log, answer, printer);
                next = answer.path("nextOffset").asLong();
                end = Math.min(end, answer.path("endOffset").asLong());
                if (!printer.flush()) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Prints what comes, of all logs, each as it comes; whether all of it was taken. */
    private boolean follow(List<LogClient> logs, MessagePrinter printer, Stop stop)
            throws ApiException, InterruptedException {
        var persistence = new Persistence(errors());
        BlockingQueue<Arrival> arrivals = new LinkedBlockingQueue<>();
        logs.forEach(log -> ask(log, arrivals));
        while (max > 0) {
            Optional<Arrival> arrival =
                    stop.await(() -> Optional.of(answered(arrivals.take(), persistence)), Optional.empty());
            if (arrival.isEmpty()) {
                return true;
            }
            LogClient log = arrival.get().log;
            print(log, arrival.get().get(), printer);
            if (!printer.flush()) {
                return false;
            }
            ask(log, arrivals);
        }
        return true;
    }

    /** The same with an answer: where it failed for the moment, that of another read. */
    private Arrival answered(Arrival first, Persistence persistence) throws ApiException, InterruptedException {
        Arrival[] latest = {first};
        var unused = persistence.ask(() -> {
            try {
                return latest[0].get();
            } finally {
                if (latest[0].answer.isCompletedExceptionally()) {
                    latest[0] = new Arrival(first.log, first.log.read(max, Duration.ZERO));
                }
            }
        });
        return latest[0];
    }

    private void ask(LogClient log, BlockingQueue<Arrival> arrivals) {
        CompletableFuture<JsonNode> answer = log.read(max, WAIT);
        var unused = answer.whenComplete((read, failure) -> arrivals.add(new Arrival(log, answer)));
    }

    private void print(LogClient log, JsonNode answer, MessagePrinter printer) {
        long used = 0;
        for (JsonNode each : answer.path("messages")) {
            if (max == 0) {
                break;
            }
            if (each.path("damaged").asBoolean()) {
                errors().println("message " + each.path("id").asText() + " is damaged");
            } else {
                var message = new ReceivedMessage(each);
                printer.print(message);
                if (hasDeaths) {
                    DeathText.lines(message).forEach(printer::print);
                }
                max--;
            }
            used++;
        }
        log.goOn(answer, used);
    }
}
