package io.millrace.server.client;

import java.time.Duration;
import java.util.List;

/**
 * Prints messages and acknowledges them once the reader of standard output has taken them. One thread. Holds one batch.
 */
final class PrintingConsumer {
    private static final int BATCH = 100;

    private final MessagePrinter printer;
    private final Settling settling;

    PrintingConsumer(MessagePrinter printer, Settling settling) {
        this.printer = printer;
        this.settling = settling;
    }

    /** Consumes what {@code intake} brings; false where the reader has gone before the end. */
    boolean consume(Intake intake) throws ApiException, InterruptedException {
        while (true) {
            List<ReceivedMessage> messages = intake.next(BATCH);
            if (messages.isEmpty()) {
                return true;
            }
            messages.forEach(printer::print);
            if (!printer.flush()) {
                settling.release(messages, Duration.ZERO);
                return false;
            }
            settling.acknowledge(messages);
        }
    }
}
