package io.millrace.server.demo;

import io.millrace.server.client.ApiException;
import io.millrace.server.client.Numbers;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Kills what the plan says when it is due, starts it again, and tells how the others got over it. One thread. */
final class Killer {
    /** A lease, and the time to find out that it has ended and to do the work. */
    private static final long RECOVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(DemoWorker.LEASE_MILLIS + 1_500);

    private final Deque<Kill> plan;
    private final DemoBroker broker;
    private final List<DemoWorker> workers;
    private final BrokerLink jobs;
    private final JobLedger ledger;
    private final DemoView view;
    private final Deque<Recovery> recoveries = new ArrayDeque<>();
    private int toldRedelivered;
    private int workersKilled;
    private int brokersKilled;

    /** When to look how the jobs of a worker that was killed went on. */
    private record Recovery(String worker, long atNanos) {}

    Killer(
            List<Kill> plan,
            DemoBroker broker,
            List<DemoWorker> workers,
            BrokerLink jobs,
            JobLedger ledger,
            DemoView view) {
        this.plan = new ArrayDeque<>(plan);
        this.broker = broker;
        this.workers = workers;
        this.jobs = jobs;
        this.ledger = ledger;
        this.view = view;
    }

    /** Called again and again, with the share of the jobs that is published and the share that is worked on. */
    void killWhatIsDue(double publishedShare, double workedShare)
            throws IOException, ApiException, InterruptedException {
        Kill next = plan.peek();
        if (next != null && next.isDue(publishedShare, workedShare)) {
            kill(plan.remove());
        }
        tellRecoveries();
    }

    private void kill(Kill kill) throws IOException, ApiException, InterruptedException {
        if (kill.worker() == Kill.NONE) {
            killBroker();
            return;
        }
        DemoWorker worker = workers.get(kill.worker());
        long pid = worker.kill();
        workersKilled++;
        recoveries.add(new Recovery(worker.name(), System.nanoTime() + RECOVERY_NANOS));
        view.event("SIGKILL to " + worker.name() + " (process " + pid + "): its jobs come back within "
                + TimeUnit.MILLISECONDS.toSeconds(DemoWorker.LEASE_MILLIS) + " s.");
        if (kill.broker()) {
            killBroker();
        }
        worker.start();
    }

    private void killBroker() throws IOException, ApiException, InterruptedException {
        long pid = broker.kill();
        brokersKilled++;
        view.event("SIGKILL to the broker (process " + pid + "): workers wait for it.");
        Duration time = broker.start();
        QueueCounts counts = QueueCounts.of(jobs.ask(queue -> queue.describe()));
        view.event("The broker is back after " + Numbers.time(time) + ": " + Numbers.count(counts.left())
                + " jobs to do, " + Numbers.count(counts.stored() - counts.left()) + " done.");
    }

    private void tellRecoveries() {
        Recovery next = recoveries.peek();
        if (next != null && System.nanoTime() - next.atNanos() >= 0) {
            recoveries.remove();
            int redelivered = ledger.redeliveredCount();
            if (redelivered > toldRedelivered) {
                view.event("Since " + next.worker() + " was killed, " + Numbers.count(redelivered - toldRedelivered)
                        + " jobs have come to a worker again.");
                toldRedelivered = redelivered;
            }
        }
    }

    int workersKilled() {
        return workersKilled;
    }

    int brokersKilled() {
        return brokersKilled;
    }
}
