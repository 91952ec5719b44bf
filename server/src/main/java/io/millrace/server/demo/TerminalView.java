package io.millrace.server.demo;

import io.millrace.server.client.Numbers;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Shows the demo on a terminal: events scroll away upwards, the progress below them is drawn anew again and again. */
final class TerminalView implements DemoView {
    private static final long EVERY_MILLIS = 150;
    private static final String CLEAR_BELOW = "\r\u001b[J";

    private final PrintWriter output;
    private final Progress progress;
    private final Screen screen;
    private final Style style;
    private final long startNanos = System.nanoTime();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        var thread = new Thread(task, "demo-view");
        thread.setDaemon(true);
        return thread;
    });
    private int drawn;
    private boolean closed;

    TerminalView(PrintWriter output, Progress progress, Screen screen, Style style) {
        this.output = output;
        this.progress = progress;
        this.screen = screen;
        this.style = style;
    }

    TerminalView start() {
        var unused = timer.scheduleWithFixedDelay(this::draw, 0, EVERY_MILLIS, TimeUnit.MILLISECONDS);
        return this;
    }

    private synchronized void draw() {
        if (!closed) {
            List<String> lines = screen.lines(progress, System.nanoTime());
            var text = new StringBuilder(erasure());
            lines.forEach(line -> text.append(line).append('\n'));
            output.print(text);
            output.flush();
            drawn = lines.size();
        }
    }

    private String erasure() {
        return drawn == 0 ? "" : "\u001b[" + drawn + "A" + CLEAR_BELOW;
    }

    @Override
    public synchronized void event(String text) {
        String time = String.format("%8s  ", Numbers.time(Duration.ofNanos(System.nanoTime() - startNanos)));
        output.print(erasure() + style.dim(time) + text + "\n");
        drawn = 0;
        draw();
        output.flush();
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            draw();
            closed = true;
            drawn = 0;
            timer.shutdownNow();
        }
    }
}
