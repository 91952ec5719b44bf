package io.millrace.server.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * A demo that did not happen: a broker that keeps its word, with workers and brokers that die at random moments, told
 * to a ledger. What the broker knows is counted beside it. Then it can be made to break its word.
 */
final class DemoHistory {
    final int files;
    int deliveries;
    int unheard;
    int resultsSentAgain;
    int hiddenJobs;
    int hiddenResults;
    int leftJobs;

    private final Random random;
    private final List<StoredJob> jobs = new ArrayList<>();
    private final List<StoredResult> results = new ArrayList<>();
    private final List<Runnable> unansweredPublishes = new ArrayList<>();

    /** A job's message: its id, its file, whether the demo was told of it, and its life. */
    private static final class StoredJob {
        private final String id;
        private final String path;
        private final boolean confirmed;
        private int deliveries;
        private boolean acknowledgementHeard;

        StoredJob(String id, String path, boolean confirmed) {
            this.id = id;
            this.path = path;
            this.confirmed = confirmed;
        }
    }

    private record StoredResult(String id, JobResult result) {}

    private final JobLedger ledger = new JobLedger();

    private DemoHistory(Random random) {
        this.random = random;
        this.files = 3 + random.nextInt(20);
    }

    static DemoHistory of(Random random) {
        var history = new DemoHistory(random);
        history.publish();
        history.jobs.forEach(history::work);
        return history;
    }

    private void publish() {
        for (int i = 0; i < files; i++) {
            String path = "/file-" + i;
            while (random.nextInt(5) == 0) {
                unansweredPublishes.add(() -> ledger.onUnanswered(List.of(path)));
                if (random.nextBoolean()) {
                    jobs.add(new StoredJob("1-" + jobs.size(), path, false));
                }
            }
            jobs.add(new StoredJob("1-" + jobs.size(), path, true));
        }
    }

    /** Delivers the job until it is acknowledged; a worker can die before, between and after its three steps. */
    private void work(StoredJob job) {
        while (true) {
            deliveries++;
            job.deliveries++;
            if (random.nextInt(6) == 0) {
                continue; // dies before it publishes
            }
            store(job);
            if (random.nextInt(6) == 0) {
                resultsSentAgain++;
                store(job);
            }
            if (random.nextInt(6) == 0) {
                continue; // dies before it acknowledges
            }
            job.acknowledgementHeard = random.nextInt(6) != 0;
            unheard += job.acknowledgementHeard ? 0 : 1;
            return;
        }
    }

    private void store(StoredJob job) {
        store(new JobResult(job.id, job.deliveries, job.path, new Checksum("00", "", "")));
    }

    private void store(JobResult result) {
        results.add(new StoredResult("2-" + results.size(), result));
    }

    int storedJobs() {
        return jobs.size() + hiddenJobs + leftJobs;
    }

    int storedResults() {
        return results.size() + hiddenResults;
    }

    /** Tells the ledger all of it, some of it twice, and draws up the account. */
    Account account() {
        ledger.onPlanned(IntStream.range(0, files).mapToObj(i -> "/file-" + i).toList());
        unansweredPublishes.forEach(Runnable::run);
        for (StoredJob each : jobs) {
            if (each.confirmed) {
                ledger.onPublished(List.of(each.path), List.of(each.id));
            }
            if (each.acknowledgementHeard) {
                ledger.onAcknowledged(each.id, each.deliveries);
            }
        }
        for (StoredResult each : results) {
            ledger.onResult(each.id(), each.result());
            if (random.nextInt(4) == 0) {
                ledger.onResult(each.id(), each.result());
            }
        }
        unansweredPublishes.clear();
        return Account.of(
                ledger.written(), new QueueCounts(storedJobs(), leftJobs), new QueueCounts(storedResults(), 0));
    }

    /** The broker drops a job that it had confirmed; nobody ever works on it. */
    void forgetResultsOfConfirmedJob() {
        StoredJob gone = pick(jobs.stream().filter(each -> each.confirmed).toList());
        results.removeIf(each -> each.result().job().equals(gone.id));
        gone.acknowledgementHeard = false;
    }

    /** A job appears that no publish explains. */
    void inventJob() {
        var invented = new StoredJob("1-" + jobs.size(), "/file-" + random.nextInt(files), false);
        long unexplained = unansweredPublishes.size();
        for (long i = 0; i <= unexplained; i++) {
            var more = new StoredJob("1-" + jobs.size(), invented.path, false);
            jobs.add(more);
            work(more);
        }
    }

    void deliverAcknowledgedJobAgain() {
        StoredJob job = pick(jobs);
        job.acknowledgementHeard = true;
        store(new JobResult(job.id, job.deliveries + 1, job.path, new Checksum("00", "", "")));
    }

    void mixUpTwoJobs() {
        StoredJob job = pick(jobs.stream().filter(each -> each.confirmed).toList());
        String other = job.path.equals("/file-0") ? "/file-1" : "/file-0";
        int at = results.indexOf(pick(results.stream()
                .filter(each -> each.result().job().equals(job.id))
                .toList()));
        StoredResult before = results.get(at);
        results.set(
                at,
                new StoredResult(
                        before.id(),
                        new JobResult(job.id, before.result().delivery(), other, new Checksum("00", "", ""))));
    }

    private <T> T pick(List<T> all) {
        return all.get(random.nextInt(all.size()));
    }
}
