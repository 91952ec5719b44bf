package io.millrace.server.demo;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What was done and what was told, as it happened: jobs planned and published, results seen, acknowledgements that were
 * confirmed. Only writes down; {@link Account} judges. Any thread. Holds some hundred bytes for each job.
 */
final class JobLedger {
    private final Set<String> planned = new LinkedHashSet<>();
    private final Map<String, String> pathsByJob = new HashMap<>();
    private final Set<String> published = new HashSet<>();
    private final Map<String, Integer> unanswered = new HashMap<>();
    private final Map<String, JobResult> results = new HashMap<>();
    private final Set<String> worked = new HashSet<>();
    private final Map<String, Integer> acknowledged = new HashMap<>();
    private final Set<String> redelivered = new HashSet<>();

    /** These files are to be worked on. */
    synchronized void onPlanned(Collection<String> paths) {
        planned.addAll(paths);
    }

    /** The broker has confirmed jobs for {@code paths} and told the ids of their messages. */
    synchronized void onPublished(List<String> paths, List<String> jobs) {
        if (paths.size() != jobs.size()) {
            throw new IllegalArgumentException(jobs.size() + " ids for " + paths.size() + " jobs");
        }
        for (int i = 0; i < paths.size(); i++) {
            pathsByJob.put(jobs.get(i), paths.get(i));
            published.add(paths.get(i));
        }
    }

    /** Jobs for {@code paths} were sent, and no answer came: they may be stored or not. */
    synchronized void onUnanswered(List<String> paths) {
        paths.forEach(path -> unanswered.merge(path, 1, Integer::sum));
    }

    /** A message of the queue of results was seen; the same message may be seen several times. */
    synchronized void onResult(String message, JobResult result) {
        results.put(message, result);
        if (planned.contains(result.path())) {
            worked.add(result.path());
        }
        if (result.delivery() > 1) {
            redelivered.add(result.job());
        }
    }

    /** The broker has confirmed to a worker that {@code job} is done, which it had for the {@code delivery}th time. */
    synchronized void onAcknowledged(String job, int delivery) {
        acknowledged.merge(job, delivery, Math::min);
    }

    /** How many files have a job that was confirmed. */
    synchronized int publishedCount() {
        return published.size();
    }

    /** How many of the files have a result. */
    synchronized int workedCount() {
        return worked.size();
    }

    /** How many jobs have a result of a delivery that was not their first. */
    synchronized int redeliveredCount() {
        return redelivered.size();
    }

    synchronized int resultCount() {
        return results.size();
    }

    /** What was written down until now. */
    synchronized Written written() {
        return new Written(
                new LinkedHashSet<>(planned),
                Map.copyOf(pathsByJob),
                Map.copyOf(unanswered),
                Map.copyOf(results),
                Map.copyOf(acknowledged));
    }

    /**
     * The ledger at one moment. Nobody changes it.
     *
     * @param planned the files
     * @param pathsByJob the file of each job whose publish was confirmed, by the id of its message
     * @param unanswered for a file, how many of its publishes had no answer
     * @param results results by the id of their message
     * @param acknowledged for a job that was confirmed to be done, the delivery that it was acknowledged for
     */
    record Written(
            Set<String> planned,
            Map<String, String> pathsByJob,
            Map<String, Integer> unanswered,
            Map<String, JobResult> results,
            Map<String, Integer> acknowledged) {
        /** The results of each job. */
        Map<String, List<JobResult>> resultsByJob() {
            Map<String, List<JobResult>> byJob = new HashMap<>();
            results.values().forEach(each -> byJob.computeIfAbsent(each.job(), job -> new ArrayList<>())
                    .add(each));
            return byJob;
        }

        /** The results of each file. */
        Map<String, List<JobResult>> resultsByPath() {
            Map<String, List<JobResult>> byPath = new HashMap<>();
            results.values().forEach(each -> byPath.computeIfAbsent(each.path(), path -> new ArrayList<>())
                    .add(each));
            return byPath;
        }
    }
}
