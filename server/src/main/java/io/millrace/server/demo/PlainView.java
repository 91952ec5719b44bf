package io.millrace.server.demo;

import io.millrace.server.client.Numbers;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Shows the demo where no terminal is: a line for each event, and now and then one for the progress. */
final class PlainView implements DemoView {
    private static final long EVERY_SECONDS = 3;

    private final PrintWriter output;
    private final Progress progress;
    private final long startNanos = System.nanoTime();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        var thread = new Thread(task, "demo-view");
        thread.setDaemon(true);
        return thread;
    });

    PlainView(PrintWriter output, Progress progress) {
        this.output = output;
        this.progress = progress;
    }

    PlainView start() {
        var unused = timer.scheduleAtFixedRate(this::showProgress, EVERY_SECONDS, EVERY_SECONDS, TimeUnit.SECONDS);
        return this;
    }

    private void showProgress() {
        for (Phase.View phase : progress.phases(System.nanoTime())) {
            if (phase.state() == Phase.State.RUNNING && phase.total() > 0) {
                event(phase.name() + ": " + Numbers.count(phase.done()) + " of " + Numbers.count(phase.total()) + ", "
                        + Numbers.count(Math.round(phase.perSecond())) + "/s");
            }
        }
    }

    @Override
    public synchronized void event(String text) {
        output.printf("%8s  %s%n", Numbers.time(Duration.ofNanos(System.nanoTime() - startNanos)), text);
        output.flush();
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
