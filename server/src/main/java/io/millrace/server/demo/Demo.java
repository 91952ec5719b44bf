package io.millrace.server.demo;

import io.millrace.server.client.ApiException;
import io.millrace.server.client.Numbers;
import io.millrace.server.client.QueueChange;
import io.millrace.server.command.CommandFailure;
import io.millrace.server.process.FailureReason;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Conducts the demo: starts, kills and ends processes, and draws up the account. One thread, once. */
final class Demo {
    static final String JOBS = "demo-jobs";
    static final String RESULTS = "demo-results";

    private static final Set<Path> AVOIDED =
            Set.of(Path.of("/proc"), Path.of("/sys"), Path.of("/dev"), Path.of("/run"), Path.of("/tmp"));
    private static final long TURN_MILLIS = 50;
    private static final Duration STALL_MAX = Duration.ofMinutes(2);

    private final DemoOptions options;
    private final String main;
    private final DemoFolder folder;
    private final DemoView view;
    private final Progress progress;
    private final Cleanup cleanup;
    private final JobLedger ledger = new JobLedger();
    private final DemoBroker broker;
    private final BrokerLink jobs;
    private final BrokerLink results;
    private final List<DemoWorker> workers = new ArrayList<>();
    private final Killer killer;
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        var thread = new Thread(task, "demo");
        thread.setDaemon(true);
        return thread;
    });

    /** @param main the class that runs this program's commands */
    Demo(DemoOptions options, String main, DemoFolder folder, DemoView view, Progress progress, Cleanup cleanup) {
        this.options = options;
        this.main = main;
        this.folder = folder;
        this.view = view;
        this.progress = progress;
        this.cleanup = cleanup;
        this.broker = cleanup.add(new DemoBroker(folder, main, options.storage()));
        this.jobs = new BrokerLink(folder.readyFile(), JOBS);
        this.results = new BrokerLink(folder.readyFile(), RESULTS);
        this.killer = new Killer(Kill.plan(options.workers()), broker, workers, jobs, ledger, view);
        progress.onProcess(() -> "broker    " + broker.state());
    }

    /** What came of it. */
    record Outcome(Account account, Verification verification, int workersKilled, int brokersKilled) {}

    Outcome run() throws IOException, ApiException, InterruptedException {
        List<String> paths = findFiles();
        ledger.onPlanned(paths);
        startProcesses(options.batch(paths.size()));
        Future<Void> publishing = publish(paths);
        Future<Void> collecting = threads.submit(() -> {
            new ResultCollector(new BrokerLink(folder.readyFile(), RESULTS), ledger).run();
            return null;
        });
        work(paths.size(), publishing, collecting);
        QueueCounts jobCounts = QueueCounts.of(jobs.ask(queue -> queue.describe()));
        QueueCounts resultCounts = QueueCounts.of(results.ask(queue -> queue.describe()));
        collecting.cancel(true);
        for (DemoWorker each : workers) {
            each.end();
        }
        Verification verification = verify(ledger.written());
        Account account = Account.of(ledger.written(), jobCounts, resultCounts);
        return new Outcome(account, verification, killer.workersKilled(), killer.brokersKilled());
    }

    private List<String> findFiles() throws IOException {
        progress.find.begin(0, () -> 0, System.nanoTime());
        Set<Path> avoided = new HashSet<>(AVOIDED);
        avoided.add(folder.path());
        FileWalk.Found found = FileWalk.find(options.folders(), options.files(), options.fileBytesMax(), avoided);
        if (found.files().isEmpty()) {
            throw new CommandFailure("there is no file to work on in " + options.folders()
                    + ": none that is readable and has at most " + Numbers.bytes(options.fileBytesMax()));
        }
        String note = Numbers.count(found.files().size()) + " files, " + Numbers.bytes(found.bytes());
        progress.find.end(note, System.nanoTime());
        view.event("Found " + note + "; " + Numbers.count(found.tooLarge()) + " are too large, "
                + Numbers.count(found.unreadable()) + " unreadable.");
        return found.files().stream().map(Path::toString).toList();
    }

    private void startProcesses(int batch) throws IOException, ApiException, InterruptedException {
        Duration time = broker.start();
        view.event("The broker is ready after " + Numbers.time(time) + ", at http://"
                + BrokerLink.readAddress(folder.readyFile()) + ".");
        jobs.ask(queue -> queue.create(QueueChange.NONE));
        results.ask(queue -> queue.create(QueueChange.NONE));
        for (int i = 1; i <= options.workers(); i++) {
            DemoWorker worker = cleanup.add(new DemoWorker("worker " + i, folder, main, batch, ledger));
            workers.add(worker);
            progress.onProcess(
                    () -> worker.name() + "  " + worker.state() + ", " + Numbers.count(worker.done()) + " jobs done");
            worker.start();
        }
    }

    private Future<Void> publish(List<String> paths) {
        progress.publish.begin(paths.size(), ledger::publishedCount, System.nanoTime());
        progress.work.begin(paths.size(), ledger::workedCount, System.nanoTime());
        return threads.submit(() -> {
            new JobPublisher(new BrokerLink(folder.readyFile(), JOBS), ledger).publish(paths);
            progress.publish.end("", System.nanoTime());
            return null;
        });
    }

    /** Lets work until nothing is left to do, and kills what is due. */
    private void work(int files, Future<Void> publishing, Future<Void> collecting)
            throws IOException, ApiException, InterruptedException {
        long lastCount = -1;
        long lastNanos = System.nanoTime();
        while (!(publishing.isDone() && ledger.workedCount() == files && isDrained())) {
            requireFine(publishing);
            requireFine(collecting);
            broker.check();
            workers.forEach(DemoWorker::check);
            killer.killWhatIsDue((double) ledger.publishedCount() / files, (double) ledger.workedCount() / files);
            long count = (long) ledger.publishedCount() + ledger.resultCount();
            if (count != lastCount) {
                lastCount = count;
                lastNanos = System.nanoTime();
            } else if (System.nanoTime() - lastNanos > STALL_MAX.toNanos()) {
                throw new CommandFailure("nothing has moved for " + STALL_MAX.toSeconds() + " s; logs are in "
                        + folder.path() + " with --keep");
            }
            TimeUnit.MILLISECONDS.sleep(TURN_MILLIS);
        }
        requireFine(publishing);
        progress.work.end("", System.nanoTime());
    }

    private boolean isDrained() throws ApiException, InterruptedException {
        return QueueCounts.of(jobs.ask(queue -> queue.describe())).left() == 0
                && QueueCounts.of(results.ask(queue -> queue.describe())).left() == 0;
    }

    /** Throws what has ended a task that should go on. */
    private static void requireFine(Future<Void> task) throws InterruptedException {
        if (task.isDone()) {
            try {
                task.get();
            } catch (ExecutionException e) {
                Throwable cause = e.getCause() == null ? e : e.getCause();
                throw new CommandFailure("the demo cannot go on: " + FailureReason.of(cause), e);
            }
        }
    }

    private Verification verify(JobLedger.Written written) throws InterruptedException {
        var verification = new Verification(written.resultsByPath());
        progress.check.begin(written.planned().size(), verification::done, System.nanoTime());
        ExecutorService cores =
                Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
        try {
            verification.run(written.planned(), cores);
        } finally {
            cores.shutdownNow();
        }
        progress.check.end("", System.nanoTime());
        return verification;
    }
}
