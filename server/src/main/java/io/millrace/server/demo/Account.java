package io.millrace.server.demo;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The account of every message, made of what the demo and its workers wrote down and of what the broker says in the
 * end. A pure function of these; immutable; any thread.
 *
 * @param files files to work on
 * @param jobs jobs that the broker has stored
 * @param sentAgain of those, jobs beyond one for each file: their publish was repeated because no answer came
 * @param delivered deliveries of jobs
 * @param redelivered of those, deliveries beyond the first of each job
 * @param acknowledged jobs that are done, says the broker
 * @param unheard of those, jobs for which the answer never reached a worker
 * @param lost jobs that are neither worked on nor there any more
 * @param results results that the broker has stored
 * @param workedAgain of those, results of a further delivery of the same job
 * @param resultsSentAgain of those, results that were sent a second time for the same delivery
 * @param faults what must not be, in words; empty where the account is right
 */
record Account(
        long files,
        long jobs,
        long sentAgain,
        long delivered,
        long redelivered,
        long acknowledged,
        long unheard,
        long lost,
        long results,
        long workedAgain,
        long resultsSentAgain,
        List<String> faults) {

    /** Draws the account up. */
    static Account of(JobLedger.Written ledger, QueueCounts jobs, QueueCounts results) {
        Map<String, List<JobResult>> byJob = ledger.resultsByJob();
        var faults = new FaultList();
        checkPublished(ledger, byJob, faults);
        checkWorked(ledger, byJob, faults);
        checkAcknowledged(ledger, byJob, faults);
        checkBroker(jobs, "job", byJob.size(), faults);
        checkBroker(results, "result", ledger.results().size(), faults);
        long delivered = byJob.values().stream().mapToLong(Account::deliveries).sum();
        long deliveriesWithResult =
                byJob.values().stream().mapToLong(Account::deliveriesWithResult).sum();
        long withoutResult = ledger.pathsByJob().keySet().stream()
                .filter(job -> !byJob.containsKey(job))
                .count();
        long lost = Math.max(withoutResult, jobs.stored() - byJob.size()) - jobs.left();
        return new Account(
                ledger.planned().size(),
                jobs.stored(),
                jobs.stored() - ledger.planned().size(),
                delivered,
                delivered - byJob.size(),
                jobs.stored() - jobs.left(),
                byJob.keySet().stream()
                        .filter(job -> !ledger.acknowledged().containsKey(job))
                        .count(),
                Math.max(0, lost),
                results.stored(),
                deliveriesWithResult - byJob.size(),
                ledger.results().size() - deliveriesWithResult,
                faults.toList());
    }

    boolean isRight() {
        return faults.isEmpty();
    }

    /** Each delivery raises the count of its message by one, so the highest count is how many there were. */
    private static long deliveries(List<JobResult> results) {
        return results.stream().mapToInt(JobResult::delivery).max().orElse(0);
    }

    private static long deliveriesWithResult(List<JobResult> results) {
        return results.stream().mapToInt(JobResult::delivery).distinct().count();
    }

    /** Every job that was delivered is one that was published, once for each answer that did not come at most. */
    private static void checkPublished(JobLedger.Written ledger, Map<String, List<JobResult>> byJob, FaultList faults) {
        Map<String, Integer> unconfirmed = new HashMap<>();
        byJob.forEach((job, results) -> {
            String path = results.get(0).path();
            String published = ledger.pathsByJob().getOrDefault(job, path);
            if (results.stream().anyMatch(each -> !each.path().equals(published))) {
                faults.add("job " + job + " was published for " + published + " and delivered for another file");
            }
            if (!ledger.pathsByJob().containsKey(job)) {
                unconfirmed.merge(path, 1, Integer::sum);
            }
        });
        unconfirmed.forEach((path, count) -> {
            int unanswered = ledger.unanswered().getOrDefault(path, 0);
            if (count > unanswered) {
                faults.add(count + " jobs for " + path + " were never confirmed, of " + unanswered
                        + " sent without an answer");
            }
        });
    }

    /** Every confirmed job, and so every file, has a result. */
    private static void checkWorked(JobLedger.Written ledger, Map<String, List<JobResult>> byJob, FaultList faults) {
        ledger.pathsByJob().forEach((job, path) -> {
            if (!byJob.containsKey(job)) {
                faults.add("job " + job + " for " + path + " was confirmed, and there is no result: it is lost");
            }
        });
        Map<String, List<JobResult>> byPath = ledger.resultsByPath();
        for (String path : ledger.planned()) {
            if (!byPath.containsKey(path)) {
                faults.add(path + " has no result");
            }
        }
        for (String path : byPath.keySet()) {
            if (!ledger.planned().contains(path)) {
                faults.add("there is a result for " + path + ", which nobody asked for");
            }
        }
    }

    /** A job whose acknowledgement was confirmed does not come back. */
    private static void checkAcknowledged(
            JobLedger.Written ledger, Map<String, List<JobResult>> byJob, FaultList faults) {
        ledger.acknowledged().forEach((job, delivery) -> {
            List<JobResult> results = byJob.getOrDefault(job, List.of());
            if (results.isEmpty()) {
                faults.add("job " + job + " was acknowledged, and there is no result of it");
            }
            if (results.stream().anyMatch(each -> each.delivery() > delivery)) {
                faults.add("job " + job + " came back after its acknowledgement was confirmed");
            }
        });
    }

    private static void checkBroker(QueueCounts queue, String what, long seen, FaultList faults) {
        if (queue.left() != 0) {
            faults.add("the broker still has " + queue.left() + " " + what + "s");
        }
        if (queue.stored() - queue.left() != seen) {
            faults.add("the broker has stored " + queue.stored() + " " + what + "s and has " + queue.left()
                    + " of them left, but " + seen + " were seen");
        }
    }

    /** The first faults in words, and how many there are. */
    private static final class FaultList {
        private static final int TOLD_MAX = 20;

        private final List<String> told = new ArrayList<>();
        private long count;

        void add(String fault) {
            count++;
            if (told.size() < TOLD_MAX) {
                told.add(fault);
            }
        }

        List<String> toList() {
            List<String> all = new ArrayList<>(told);
            if (count > told.size()) {
                all.add("and " + (count - told.size()) + " more");
            }
            return List.copyOf(all);
        }
    }
}
