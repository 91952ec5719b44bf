package io.millrace.server.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/** What is going on in the demo, for those who draw it. Any thread. */
final class Progress {
    final Phase find = new Phase("find files");
    final Phase publish = new Phase("publish jobs");
    final Phase work = new Phase("work");
    final Phase check = new Phase("check");

    private final List<Supplier<String>> processes = new CopyOnWriteArrayList<>();

    /** Adds a process, which {@code line} describes. */
    void onProcess(Supplier<String> line) {
        processes.add(line);
    }

    /** The parts of the demo at one moment. */
    List<Phase.View> phases(long nowNanos) {
        return List.of(find.view(nowNanos), publish.view(nowNanos), work.view(nowNanos), check.view(nowNanos));
    }

    /** A line for each process. */
    List<String> processes() {
        List<String> lines = new ArrayList<>();
        processes.forEach(each -> lines.add(each.get()));
        return lines;
    }
}
