package io.millrace.server.demo;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/** Compares every result with a checksum that is computed here, on all cores. One thread runs it, any asks how far. */
final class Verification {
    private static final int WRONG_TOLD_MAX = 10;

    private final Map<String, List<JobResult>> resultsByPath;
    private final Map<Comparison, Long> counts = new EnumMap<>(Comparison.class);
    private final AtomicLong done = new AtomicLong();
    private final List<String> wrong = new ArrayList<>();

    Verification(Map<String, List<JobResult>> resultsByPath) {
        this.resultsByPath = resultsByPath;
    }

    /** Compares the results of {@code paths}. */
    void run(Collection<String> paths, ExecutorService threads) throws InterruptedException {
        List<Callable<Void>> tasks = new ArrayList<>();
        for (String path : paths) {
            tasks.add(() -> {
                compare(path);
                return null;
            });
        }
        for (Future<Void> each : threads.invokeAll(tasks)) {
            try {
                each.get();
            } catch (ExecutionException e) {
                throw new IllegalStateException(e.getCause());
            }
        }
    }

    private void compare(String path) {
        List<Checksum> results = resultsByPath.getOrDefault(path, List.of()).stream()
                .map(JobResult::checksum)
                .toList();
        Comparison found = Comparison.of(results, () -> Checksum.of(path));
        if (!results.isEmpty()) {
            add(path, found);
        }
        done.incrementAndGet();
    }

    private synchronized void add(String path, Comparison found) {
        counts.merge(found, 1L, Long::sum);
        if (found == Comparison.WRONG && wrong.size() < WRONG_TOLD_MAX) {
            wrong.add(path);
        }
    }

    /** How many files were compared. */
    long done() {
        return done.get();
    }

    /** How many files compared like that. */
    synchronized long count(Comparison comparison) {
        return counts.getOrDefault(comparison, 0L);
    }

    /** Some of the files with a wrong result. */
    synchronized List<String> wrong() {
        return List.copyOf(wrong);
    }
}
