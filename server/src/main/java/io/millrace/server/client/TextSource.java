package io.millrace.server.client;

import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Takes bodies from the command line. */
final class TextSource implements MessageSource {
    private final Iterator<String> texts;

    TextSource(List<String> texts) {
        this.texts = texts.iterator();
    }

    @Override
    public byte @Nullable [] next() {
        return texts.hasNext() ? texts.next().getBytes(StandardCharsets.UTF_8) : null;
    }

    @Override
    public boolean isIdle() {
        return false;
    }

    @Override
    public String place() {
        return "--message";
    }
}
