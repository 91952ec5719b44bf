package io.millrace.server.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace stats}: what is in the queues and what happens there. */
@Command(
        name = "stats",
        header = "Show what is in the queues and what happened there.",
        description = {
            "",
            "READY can be delivered now, LEASED is in the hands of consumers, DELAYED was given back for "
                    + "later. The other columns count since the broker was started; with --watch they are rates."
        },
        footer = {"  millrace stats", "  millrace stats orders", "  millrace stats --watch --every 1s"})
final class StatsCommand extends SpaceCommand {
    private static final String CLEAR = "\u001b[H\u001b[J";

    @Parameters(arity = "0..1", paramLabel = "QUEUE", description = "Only this queue.")
    private @Nullable String queue;

    @Option(names = "--watch", description = "Show rates, again and again, until Ctrl-C.")
    private boolean watch;

    @Option(
            names = "--every",
            paramLabel = "TIME",
            converter = DurationOption.class,
            description = "How often with --watch (default: 2s).")
    private Duration every = Duration.ofSeconds(2);

    @Option(
            names = "--max",
            paramLabel = "N",
            description = "The most queues to show, by name (default: ${DEFAULT-VALUE}).")
    private int max = 200;

    @Option(names = "--json", description = "Print each queue as the API describes it, one a line.")
    private boolean json;

    StatsCommand(Shell shell) {
        super(shell);
    }

    @Override
    int run(HttpApi api) throws ApiException, InterruptedException {
        if (watch) {
            watch(api);
        } else if (json) {
            read(api).forEach(each -> out().println(each));
        } else {
            List<StatsRow> rows = rows(api);
            var table = new Table(StatsRow.HEADINGS);
            rows.forEach(each -> table.row(each.counts()));
            table.print(out());
            tellDamage(rows);
            tellSpace(api);
        }
        return 0;
    }

    private List<JsonNode> read(HttpApi api) throws ApiException, InterruptedException {
        return queue == null ? QueueList.read(api, "", max) : List.of(new QueueClient(api, queue).describe());
    }

    private List<StatsRow> rows(HttpApi api) throws ApiException, InterruptedException {
        return read(api).stream().map(StatsRow::of).toList();
    }

    private void watch(HttpApi api) throws ApiException, InterruptedException {
        var stop = new CountDownLatch(1);
        shell().signals().accept(signal -> stop.countDown());
        Map<String, StatsRow> before = new HashMap<>();
        rows(api).forEach(each -> before.put(each.queue(), each));
        long beforeNanos = System.nanoTime();
        while (!stop.await(every.toNanos(), TimeUnit.NANOSECONDS)) {
            try {
                List<StatsRow> rows = rows(api);
                long nowNanos = System.nanoTime();
                show(rows, before, Duration.ofNanos(nowNanos - beforeNanos));
                tellSpace(api);
                beforeNanos = nowNanos;
                before.clear();
                rows.forEach(each -> before.put(each.queue(), each));
            } catch (ApiException e) {
                if (!e.isPassing()) {
                    throw e;
                }
                errors().println(e.getMessage());
            }
        }
    }

    private void show(List<StatsRow> rows, Map<String, StatsRow> before, Duration time) {
        PrintWriter output = out();
        output.print(shell().terminal().output() && shell().terminal().styled() ? CLEAR : "");
        var table = new Table(StatsRow.RATE_HEADINGS);
        rows.forEach(each -> table.row(each.rates(before.getOrDefault(each.queue(), each), time)));
        table.print(output);
        output.println();
        output.flush();
        tellDamage(rows);
    }

    private void tellSpace(HttpApi api) throws ApiException, InterruptedException {
        String reason = api.call(ApiRequest.get("/health/ready")).path("reason").asText();
        if (!reason.isEmpty()) {
            errors().println(reason);
        }
    }

    private void tellDamage(List<StatsRow> rows) {
        for (StatsRow each : rows) {
            if (each.damaged() > 0) {
                errors().println("queue " + each.queue() + " has " + Numbers.count(each.damaged())
                        + " messages that cannot be read: their place on the disk is damaged");
            }
        }
    }
}
