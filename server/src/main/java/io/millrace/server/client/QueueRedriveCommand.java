package io.millrace.server.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.server.command.CommandFrame;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace queue redrive}. */
@Command(
        name = "redrive",
        header = "Move dead letters back to where they came from, or elsewhere.",
        description = {
            "",
            "Moves the messages that are in the queue now, in their order; those that a consumer holds stay, and so do "
                    + "those whose queue is gone. None is lost or there twice, whatever happens. The broker does it: "
                    + "Ctrl-C cancels it, with --detach the command does not wait for the end."
        },
        footer = {
            "  millrace queue redrive mails-dead",
            "  millrace queue redrive mails-dead --filter \"color = 'red'\" --rate 100",
            "  millrace queue redrive mails-dead --to mails-later --detach",
            "  millrace queue redrive mails-dead --list"
        })
final class QueueRedriveCommand extends SpaceCommand {
    private static final long LOOK_EVERY_MILLIS = 200;

    @Parameters(paramLabel = "QUEUE", description = "The queue whose messages are moved.")
    private String queue = "";

    @Option(
            names = "--to",
            paramLabel = "QUEUE",
            description = "The queue they go to (default: for each the one that it has died in last).")
    private @Nullable String to;

    @Option(names = "--to-topic", paramLabel = "TOPIC", description = "The topic they go to, instead of a queue.")
    private @Nullable String toTopic;

    @Option(names = "--filter", paramLabel = "SELECTOR", description = "Move only the messages that this selects.")
    private @Nullable String filter;

    @Option(names = "--message", paramLabel = "ID", description = "Move only the message with this id.")
    private @Nullable String message;

    @Option(
            names = "--rate",
            paramLabel = "N",
            description = "Move so many messages in a second, evenly (default: as many as can be).")
    private @Nullable Integer rate;

    @Option(names = "--detach", description = "Do not wait for the end.")
    private boolean isDetached;

    @Option(names = "--cancel", description = "Cancel the redrive of the queue that is under way.")
    private boolean isCancelled;

    @Option(names = "--list", description = "List the last redrives of the queue.")
    private boolean isListed;

    QueueRedriveCommand(Shell shell) {
        super(shell);
    }

    @Override
    int run(HttpApi api) throws ApiException, InterruptedException {
        boolean isBegun =
                to != null || toTopic != null || filter != null || message != null || rate != null || isDetached;
        if ((isCancelled ? 1 : 0) + (isListed ? 1 : 0) + (isBegun ? 1 : 0) > 1) {
            throw misuse("--list and --cancel go with no other option");
        }
        var client = new RedriveClient(api, queue);
        if (isListed) {
            RedriveText.print(client.list(), out());
            return 0;
        }
        if (isCancelled) {
            return cancel(client);
        }
        JsonNode begun = client.begin(request());
        if (isDetached) {
            out().println("redrive " + begun.path("id").asText() + " of queue " + queue + " has begun");
            return 0;
        }
        return end(watch(client, begun));
    }

    private ObjectNode request() {
        ObjectNode request = JsonNodeFactory.instance.objectNode();
        if (to != null) {
            request.put("to", to);
        }
        if (toTopic != null) {
            request.put("toTopic", toTopic);
        }
        if (filter != null) {
            request.put("filter", filter);
        }
        if (message != null) {
            request.put("message", message);
        }
        if (rate != null) {
            request.put("ratePerSecond", rate);
        }
        return request;
    }

    private int cancel(RedriveClient client) throws ApiException, InterruptedException {
        for (JsonNode each : client.list()) {
            if (RedriveText.isRunning(each)) {
                JsonNode cancelled = client.cancel(each);
                while (RedriveText.isRunning(cancelled)) {
                    Thread.sleep(LOOK_EVERY_MILLIS);
                    cancelled = client.look(cancelled);
                }
                out().println(RedriveText.summary(cancelled));
                return 0;
            }
        }
        errors().println("no redrive of queue " + queue + " is under way");
        return CommandFrame.FAILED;
    }

    /** Shows how far it is until it has ended; a signal cancels it. */
    private JsonNode watch(RedriveClient client, JsonNode begun) throws ApiException, InterruptedException {
        var stop = new CountDownLatch(1);
        shell().signals().accept(signal -> stop.countDown());
        var line = new ProgressLine(errors(), shell().terminal());
        JsonNode redrive = begun;
        boolean isToEnd = false;
        while (RedriveText.isRunning(redrive)) {
            line.show(RedriveText.progress(redrive));
            if (isToEnd) {
                Thread.sleep(LOOK_EVERY_MILLIS);
            } else if (stop.await(LOOK_EVERY_MILLIS, TimeUnit.MILLISECONDS)) {
                isToEnd = true;
                client.cancel(redrive);
            }
            redrive = client.look(redrive);
        }
        line.clear();
        return redrive;
    }

    private int end(JsonNode redrive) {
        out().println(RedriveText.summary(redrive));
        if (RedriveText.isDone(redrive)) {
            return 0;
        }
        String error = redrive.path("error").asText("");
        errors().println("the redrive of queue " + queue
                + (error.isEmpty() ? " was cancelled" : " has failed: " + error)
                + "; what was moved stays moved");
        return CommandFrame.FAILED;
    }
}
