package io.millrace.server.demo;

import io.millrace.server.client.ApiException;
import io.millrace.server.client.OutgoingMessage;
import io.millrace.server.client.ReceivedMessage;
import io.millrace.server.client.Settle;
import io.millrace.server.client.SettleResult;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a worker does: takes jobs, computes, publishes the results, and only then acknowledges the jobs. If it dies
 * anywhere in between, what it had not acknowledged comes to another worker when the lease has ended. One thread.
 */
final class Worker {
    private static final Duration WAIT = Duration.ofSeconds(2);

    private final BrokerLink jobs;
    private final BrokerLink results;
    private final int batch;
    private final Duration lease;
    private final PrintWriter output;

    /** Takes {@code batch} jobs at a time, for {@code lease}; prints a {@link WorkerReport} for each batch. */
    Worker(Path readyFile, int batch, Duration lease, PrintWriter output) {
        this.jobs = new BrokerLink(readyFile, Demo.JOBS);
        this.results = new BrokerLink(readyFile, Demo.RESULTS);
        this.batch = batch;
        this.lease = lease;
        this.output = output;
    }

    /** Works until the thread is interrupted. */
    void run() throws ApiException, InterruptedException {
        while (true) {
            List<ReceivedMessage> messages = jobs.ask(queue -> queue.receive(batch, WAIT, Optional.of(lease)));
            if (!messages.isEmpty()) {
                publish(messages.stream().map(Worker::work).toList());
                acknowledge(messages);
            }
        }
    }

    private static JobResult work(ReceivedMessage message) {
        String path = new String(message.body(), StandardCharsets.UTF_8);
        return new JobResult(message.id(), message.deliveryCount(), path, Checksum.of(path));
    }

    /** A publish without an answer is sent again: rather a result too many than one too few. */
    private void publish(List<JobResult> done) throws ApiException, InterruptedException {
        List<OutgoingMessage> messages =
                done.stream().map(each -> OutgoingMessage.of(each.toJson())).toList();
        results.ask(queue -> BrokerLink.answer(queue.publish(messages)));
    }

    private void acknowledge(List<ReceivedMessage> messages) throws ApiException, InterruptedException {
        List<Settle> leases =
                messages.stream().map(each -> Settle.acknowledge(each.lease())).toList();
        List<SettleResult> settled = jobs.ask(queue -> queue.settle(leases));
        List<WorkerReport.Done> done = new ArrayList<>();
        for (int i = 0; i < messages.size(); i++) {
            if (settled.get(i).done()) {
                done.add(new WorkerReport.Done(
                        messages.get(i).id(), messages.get(i).deliveryCount()));
            }
        }
        output.println(new WorkerReport(done, messages.size() - done.size()).toLine());
    }
}
