package io.millrace.server.demo;

import io.millrace.server.client.ApiException;
import io.millrace.server.client.OutgoingMessage;
import io.millrace.server.client.Published;
import java.util.List;

/**
 * Publishes a job for each file, a batch at a time. A batch whose answer does not come is sent again, so that none is
 * missing; the ledger knows that some may be there twice. One thread.
 */
final class JobPublisher {
    private static final int BATCH = 250;

    private final BrokerLink jobs;
    private final JobLedger ledger;

    JobPublisher(BrokerLink jobs, JobLedger ledger) {
        this.jobs = jobs;
        this.ledger = ledger;
    }

    void publish(List<String> paths) throws ApiException, InterruptedException {
        for (int from = 0; from < paths.size(); from += BATCH) {
            List<String> batch = paths.subList(from, Math.min(paths.size(), from + BATCH));
            List<OutgoingMessage> messages =
                    batch.stream().map(OutgoingMessage::of).toList();
            Published published =
                    jobs.ask(queue -> BrokerLink.answer(queue.publish(messages)), () -> ledger.onUnanswered(batch));
            ledger.onPublished(batch, published.ids());
        }
    }
}
