package io.millrace.server.client;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Prints messages: each as its body's bytes or as a JSON object, with a terminator behind it. Once the reader has gone,
 * nothing is printed any more and {@link #flush} says so. One thread.
 */
final class MessagePrinter {
    private final OutputStream output;
    private final boolean json;
    private final char terminator;
    private boolean broken;

    MessagePrinter(OutputStream output, boolean json, char terminator) {
        this.output = new BufferedOutputStream(output, 64 << 10);
        this.json = json;
        this.terminator = terminator;
    }

    void print(ReceivedMessage message) {
        print(json ? message.json().toString().getBytes(StandardCharsets.UTF_8) : message.body());
    }

    /** The same of a text. */
    void print(String text) {
        print(text.getBytes(StandardCharsets.UTF_8));
    }

    private void print(byte[] bytes) {
        attempt(() -> {
            output.write(bytes);
            output.write(terminator);
        });
    }

    /** Hands over what was printed so far; whether all of it was taken. */
    boolean flush() {
        attempt(output::flush);
        return !broken;
    }

    private interface Write {
        void run() throws IOException;
    }

    private void attempt(Write write) {
        if (!broken) {
            try {
                write.run();
            } catch (IOException e) {
                broken = true;
            }
        }
    }
}
