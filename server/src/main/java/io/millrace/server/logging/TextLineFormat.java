package io.millrace.server.logging;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/**
 * {@code 2026-01-02T03:04:05.678Z WARN  [thread] logger: message | stack | stack}. Control characters, line ends among
 * them, are written as escapes, so that nothing that a client sent can forge a line or steer a terminal.
 */
final class TextLineFormat implements LineFormat {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    @Override
    public String format(LogLine line) {
        var text = new StringBuilder(160);
        TIME.formatTo(Instant.ofEpochMilli(line.epochMillis()), text);
        text.append(' ')
                .append(line.level())
                .append(" ".repeat(Math.max(1, 6 - line.level().length())));
        text.append('[');
        appendEscaped(text, line.thread());
        text.append("] ").append(line.logger()).append(": ");
        appendEscaped(text, LineFormat.cut(line.message(), MESSAGE_CHARS_MAX));
        String error = line.error();
        if (error != null) {
            String stack = error.strip().replaceAll("\\R\\s*", " | ");
            appendEscaped(text.append(" | "), LineFormat.cut(stack, ERROR_CHARS_MAX));
        }
        return text.append('\n').toString();
    }

    private static void appendEscaped(StringBuilder target, String text) {
        for (int i = 0; i < text.length(); i++) {
            char character = text.charAt(i);
            switch (character) {
                case '\n' -> target.append("\\n");
                case '\r' -> target.append("\\r");
                case '\t' -> target.append("\\t");
                default -> {
                    if (Character.isISOControl(character) || character == '\u2028' || character == '\u2029') {
                        target.append(String.format("\\u%04x", (int) character));
                    } else {
                        target.append(character);
                    }
                }
            }
        }
    }
}
