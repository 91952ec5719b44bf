package io.millrace.server.demo;

import java.util.ArrayList;
import java.util.List;

/**
 * A line that a worker prints: the jobs of a batch whose acknowledgement the broker has confirmed, and how many leases
 * it had lost by then. {@code done 1-17:1 1-18:2 lost 0}, each job with the delivery that was acknowledged. Immutable.
 */
record WorkerReport(List<Done> done, int lost) {
    private static final String DONE = "done";
    private static final String LOST = "lost";

    /** A job that is done, and how often it had been delivered by then. */
    record Done(String job, int delivery) {}

    String toLine() {
        var line = new StringBuilder(DONE);
        done.forEach(each -> line.append(' ').append(each.job()).append(':').append(each.delivery()));
        return line.append(' ').append(LOST).append(' ').append(lost).toString();
    }

    /** Reads a line; an {@link IllegalArgumentException} says that it is cut short, or something else. */
    static WorkerReport parse(String line) {
        String[] words = line.split(" ", -1);
        if (words.length < 3 || !words[0].equals(DONE) || !words[words.length - 2].equals(LOST)) {
            throw new IllegalArgumentException("not a report of a worker: " + line);
        }
        List<Done> done = new ArrayList<>();
        for (int at = 1; at < words.length - 2; at++) {
            int colon = words[at].indexOf(':');
            if (colon < 0) {
                throw new IllegalArgumentException("not a report of a worker: " + line);
            }
            done.add(new Done(words[at].substring(0, colon), Integer.parseInt(words[at].substring(colon + 1))));
        }
        return new WorkerReport(done, Integer.parseInt(words[words.length - 1]));
    }
}
