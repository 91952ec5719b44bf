package io.millrace.server.client;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Where {@code publish} takes bodies of messages from. One thread. */
interface MessageSource {
    /** The next body; null after the last. What it throws is told to the user, with {@link #place}. */
    byte @Nullable [] next() throws IOException;

    /** Whether {@link #next} would wait, so that now is the time to send what has been gathered. */
    boolean isIdle() throws IOException;

    /** Where the body that was read last came from, for messages to the user. */
    String place();
}
