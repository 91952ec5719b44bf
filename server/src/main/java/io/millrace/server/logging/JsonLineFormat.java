package io.millrace.server.logging;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;

/** One JSON object: {@code time, level, thread, logger, message}, and {@code error} with the stack trace. */
final class JsonLineFormat implements LineFormat {
    /** ASCII only, so that no line end of Unicode and no half of a character is ever in a line. */
    private static final JsonFactory JSON =
            JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    @Override
    public String format(LogLine line) {
        var text = new StringWriter(256);
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            json.writeStringField(
                    "time", Instant.ofEpochMilli(line.epochMillis()).toString());
            json.writeStringField("level", line.level());
            json.writeStringField("thread", line.thread());
            json.writeStringField("logger", line.logger());
            json.writeStringField("message", LineFormat.cut(line.message(), MESSAGE_CHARS_MAX));
            String error = line.error();
            if (error != null) {
                json.writeStringField("error", LineFormat.cut(error.strip(), ERROR_CHARS_MAX));
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.append('\n').toString();
    }
}
