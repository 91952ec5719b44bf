package io.millrace.server.demo;

import io.millrace.server.client.ApiException;
import io.millrace.server.client.ReceivedMessage;
import io.millrace.server.client.Settle;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Takes results from their queue into the ledger, and then acknowledges them: a result that is received twice is known
 * by the id of its message. One thread.
 */
final class ResultCollector {
    private static final int BATCH = 500;
    private static final Duration WAIT = Duration.ofSeconds(1);
    private static final Duration LEASE = Duration.ofSeconds(10);

    private final BrokerLink results;
    private final JobLedger ledger;

    ResultCollector(BrokerLink results, JobLedger ledger) {
        this.results = results;
        this.ledger = ledger;
    }

    /** Collects until the thread is interrupted. */
    void run() throws ApiException, InterruptedException {
        while (true) {
            List<ReceivedMessage> messages = results.ask(queue -> queue.receive(BATCH, WAIT, Optional.of(LEASE)));
            messages.forEach(each -> ledger.onResult(each.id(), JobResult.parse(each.body())));
            if (!messages.isEmpty()) {
                List<Settle> leases = messages.stream()
                        .map(each -> Settle.acknowledge(each.lease()))
                        .toList();
                results.ask(queue -> queue.settle(leases));
            }
        }
    }
}
