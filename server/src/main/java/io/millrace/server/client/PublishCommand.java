package io.millrace.server.client;

import io.millrace.server.command.CommandFailure;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace publish}: messages from standard input into a queue or a topic, or to an exchange. */
@Command(
        name = "publish",
        header = "Publish messages: each line of standard input is one.",
        description = {
            "",
            "Memory is bounded whatever comes in, and lines are sent as they come. A message counts once "
                    + "the broker has it on stable storage. Messages keep their order, unless --requests lets "
                    + "several requests be under way at a time, in which they can overtake each other. A request "
                    + "whose answer was lost is repeated only with --deduplication-id or --producer, by which "
                    + "the broker knows what it has. The exit status is 0 only if every message was confirmed."
        },
        footer = {
            "  echo 'hello' | millrace publish greetings",
            "  millrace publish greetings -m 'hello' -m 'good bye'",
            "  tail -f access.log | millrace publish lines --content-type text/plain",
            "  find . -name '*.jpg' -print0 | millrace publish paths --null",
            "  ls *.json | millrace publish orders --files --header source=import",
            "  millrace publish mails -m 'happy new year' --due 2027-01-01T00:00:00+01:00",
            "  millrace publish orders -m 'order 7' --group ada --deduplication-id order-7",
            "  millrace publish --exchange events --routing-key order.placed -m 'order 7'",
            "  millrace publish --topic clicks --key user-7 -m 'a click'",
            "  millrace publish --topic clicks --partition 0 --producer import-7 < clicks.txt"
        })
final class PublishCommand extends SpaceCommand {
    static final int MESSAGE_BYTES_MAX = 16 << 20;
    private static final Duration END_MAX = Duration.ofSeconds(90);
    private static final long PROGRESS_MILLIS = 200;

    @Parameters(paramLabel = "QUEUE", arity = "0..1", description = "The queue; it has to exist.")
    private @Nullable String queue;

    @Option(names = "--topic", paramLabel = "TOPIC", description = "Publish to this topic instead of a queue.")
    private @Nullable String topic;

    @Option(
            names = "--partition",
            paramLabel = "N",
            description =
                    "The partition of the topic, from 0, for every message (default: that of its --key, else those"
                            + " of a request go to one whose turn it is).")
    private @Nullable Integer partition;

    @Option(names = "--exchange", paramLabel = "EXCHANGE", description = "Publish to this exchange instead of a queue.")
    private @Nullable String exchange;

    @Option(
            names = "--routing-key",
            paramLabel = "KEY",
            description = "What the bindings of the exchange go by, for every message.")
    private @Nullable String routingKey;

    @Option(
            names = {"-m", "--message"},
            paramLabel = "TEXT",
            description = "Publish this text instead of standard input; may be given several times.")
    private List<String> texts = List.of();

    @Option(
            names = {"-0", "--null"},
            description = "Messages end with a NUL byte, not with the line.")
    private boolean isNullSeparated;

    @Option(names = "--files", description = "What is read are names of files; their contents are the messages.")
    private boolean files;

    @Option(names = "--key", paramLabel = "KEY", description = "The key of every message.")
    private @Nullable String key;

    @Option(
            names = "--header",
            paramLabel = "NAME=VALUE",
            description = "A header of every message; may be given several times.")
    private Map<String, String> headers = new LinkedHashMap<>();

    @Option(names = "--content-type", paramLabel = "TYPE", description = "The content type of every message.")
    private @Nullable String contentType;

    @Option(
            names = "--batch",
            paramLabel = "N",
            description = "The most messages in a request, up to 10000 (default: ${DEFAULT-VALUE}).")
    private int batch = 1000;

    @Option(
            names = "--requests",
            paramLabel = "N",
            description = "The most requests under way at a time; with more than one, messages can overtake each other"
                    + " (default: ${DEFAULT-VALUE}).")
    private int requests = 1;

    @ArgGroup(validate = false, heading = "%nDelivery:%n")
    private final DeliveryOptions delivery = new DeliveryOptions();

    @ArgGroup(validate = false, heading = "%nStored once:%n")
    private final ProducerOptions producer = new ProducerOptions();

    PublishCommand(Shell shell) {
        super(shell);
    }

    @Override
    int run(HttpApi api) throws InterruptedException {
        if (batch < 1 || batch > 10_000 || requests < 1 || requests > 1_000) {
            throw misuse("--batch is 1 to 10000, --requests 1 to 1000");
        }
        if (!texts.isEmpty() && (files || isNullSeparated)) {
            throw misuse("--message takes the place of standard input; --files and --null say how to read that");
        }
        Optional<String> fault = delivery.fault().or(() -> producer.fault(partition != null, requests));
        if (fault.isPresent()) {
            throw misuse(fault.get());
        }
        var publisher = new Publisher(sink(api), batch, requests);
        long startNanos = System.nanoTime();
        Optional<String> broken = publishAll(publisher, startNanos);
        return report(publisher, Duration.ofNanos(System.nanoTime() - startNanos), broken);
    }

    private MessageSink sink(HttpApi api) {
        boolean hasAddress = routingKey != null || partition != null;
        if (queue != null && topic == null && exchange == null && !hasAddress) {
            return new QueueClient(api, queue).sink();
        }
        if (topic != null && queue == null && exchange == null && routingKey == null) {
            return topicSink(new TopicClient(api, topic));
        }
        if (exchange != null && queue == null && topic == null && partition == null) {
            return new ExchangeClient(api, exchange).sink(routingKey == null ? "" : routingKey);
        }
        throw misuse("say where to publish: QUEUE, or --topic TOPIC with a --partition, or --exchange EXCHANGE with a"
                + " --routing-key");
    }

    private MessageSink topicSink(TopicClient client) {
        if (partition == null) {
            return client.sink(OptionalInt.empty());
        }
        return producer.isGiven() ? producer.sink(client, partition) : client.sink(OptionalInt.of(partition));
    }

    private @Nullable String target() {
        return queue != null ? queue : topic != null ? topic : exchange;
    }

    /** Publishes until the end of the input or a signal; what went wrong with the input. */
    private Optional<String> publishAll(Publisher publisher, long startNanos) throws InterruptedException {
        var signalled = new CompletableFuture<Optional<String>>();
        shell().signals()
                .accept(signal -> signalled.complete(
                        Optional.of("ended by " + signal + "; what was not confirmed by then may be missing")));
        // Reading cannot be interrupted; what still reads when the command ends, ends with the process.
        CompletableFuture<Optional<String>> end = CompletableFuture.supplyAsync(
                        () -> pump(source(), publisher), PublishCommand::onDaemonThread)
                .applyToEither(signalled, broken -> broken);
        var progress = new ProgressLine(errors(), shell().terminal());
        while (!isDone(end)) {
            progress.show(progressText(publisher.tally(), System.nanoTime() - startNanos));
        }
        publisher.awaitAnswers(END_MAX);
        progress.clear();
        return end.join();
    }

    private static void onDaemonThread(Runnable task) {
        var thread = new Thread(task, "publish-input");
        thread.setDaemon(true);
        thread.start();
    }

    /** Waits a moment for {@code end}. */
    private static boolean isDone(CompletableFuture<?> end) throws InterruptedException {
        try {
            end.get(PROGRESS_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            return end.isDone();
        }
        return true;
    }

    private MessageSource source() {
        if (!texts.isEmpty()) {
            return new TextSource(texts);
        }
        var records = new RecordSource(shell().input(), (byte) (isNullSeparated ? 0 : '\n'), MESSAGE_BYTES_MAX);
        return files ? new FileSource(records, MESSAGE_BYTES_MAX) : records;
    }

    private Optional<String> pump(MessageSource source, Publisher publisher) {
        Delivery said = delivery.delivery();
        long number = 0;
        try {
            for (byte[] body = source.next(); body != null; body = source.next()) {
                number++;
                var message = new OutgoingMessage(
                        body,
                        Optional.ofNullable(key),
                        Optional.ofNullable(contentType),
                        headers,
                        said.ofMessage(number));
                if (!publisher.add(message)) {
                    return Optional.empty();
                }
                // What is numbered is cut into the same requests whenever it is published: those are known to the
                // broker.
                if (source.isIdle() && !producer.isGiven()) {
                    publisher.flush();
                }
            }
            publisher.flush();
            return Optional.empty();
        } catch (IOException e) {
            return flushed(publisher, source.place() + ": " + e.getMessage() + ". What came before it is published.");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of("interrupted");
        }
    }

    /** What was read before the input broke is published all the same. */
    private static Optional<String> flushed(Publisher publisher, String broken) {
        try {
            publisher.flush();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return Optional.of(broken);
    }

    private static String progressText(PublishTally tally, long nanos) {
        return Numbers.messages(tally.confirmed()) + ", " + Numbers.bytes(tally.confirmedBytes()) + ", "
                + Numbers.rate(tally.confirmed(), Duration.ofNanos(nanos));
    }

    private int report(Publisher publisher, Duration time, Optional<String> broken) {
        PublishTally tally = publisher.tally();
        String before = tally.duplicates() == 0 ? "" : ", " + Numbers.count(tally.duplicates()) + " stored before";
        out().println("published " + Numbers.messages(tally.confirmed()) + " ("
                + Numbers.bytes(tally.confirmedBytes()) + ") to " + target() + " in "
                + Numbers.time(time) + ", "
                + Numbers.rate(tally.confirmed(), time) + before);
        ApiException failure = tally.failure();
        if (failure != null) {
            throw new CommandFailure(
                    failure.getMessage() + lost(tally) + (broken.isPresent() ? "; also: " + broken.get() : ""),
                    failure);
        }
        if (broken.isPresent()) {
            throw new CommandFailure(broken.get());
        }
        if (tally.unroutable() > 0) {
            throw new CommandFailure("no binding of exchange " + exchange + " took "
                    + Numbers.messages(tally.unroutable()) + ", which are stored nowhere");
        }
        return 0;
    }

    private static String lost(PublishTally tally) {
        String refused = tally.refused() == 0 ? "" : Numbers.messages(tally.refused()) + " not stored";
        String unknown = tally.unknown() == 0
                ? ""
                : Numbers.messages(tally.unknown()) + " may be stored or not: their answer never came";
        return " (" + refused + (refused.isEmpty() || unknown.isEmpty() ? "" : ", ") + unknown
                + "; what comes behind them in the input was not sent)";
    }
}
