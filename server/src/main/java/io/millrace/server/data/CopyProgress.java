package io.millrace.server.data;

import io.millrace.server.client.Numbers;
import io.millrace.server.client.ProgressLine;
import java.util.function.IntConsumer;

/** Shows how much was copied. For one thread. */
final class CopyProgress implements IntConsumer {
    private final ProgressLine line;
    private long copied;

    CopyProgress(ProgressLine line) {
        this.line = line;
    }

    @Override
    public void accept(int bytes) {
        copied += bytes;
        line.show("copied " + Numbers.bytes(copied));
    }
}
