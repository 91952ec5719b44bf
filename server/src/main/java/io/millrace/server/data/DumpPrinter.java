package io.millrace.server.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.broker.catalog.DefinitionText;
import io.millrace.engine.inspect.StoredLine;
import io.millrace.engine.inspect.StoredText;
import io.millrace.storage.BodyFormat;
import io.millrace.storage.CorruptEntryException;
import io.millrace.storage.EntryEnvelope;
import io.millrace.storage.EntryRecord;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** Writes what is stored, a line each, if it is asked for. One thread. */
final class DumpPrinter {
    private static final String INDENT = "  ";

    private final PrintWriter output;
    private final boolean json;
    private final boolean bodies;
    private final Optional<Long> log;
    private final Optional<OffsetRange> offsets;
    private final EntryEnvelope envelope = new EntryEnvelope();
    private String file = "";

    /** Offsets from {@code first} to {@code last}. */
    record OffsetRange(long first, long last) {}

    DumpPrinter(PrintWriter output, boolean json, boolean bodies, Optional<Long> log, Optional<OffsetRange> offsets) {
        this.output = output;
        this.json = json;
        this.bodies = bodies;
        this.log = log;
        this.offsets = offsets;
    }

    /** What comes is in this file. */
    void file(StoredLine line, String name) {
        file = name;
        if (isWanted(line)) {
            print(line, 0);
        }
    }

    /** A line at {@code depth} below that of the file. */
    void line(StoredLine line, int depth) {
        if (isWanted(line)) {
            print(line, depth);
        }
    }

    /** A record, of which {@code place} says where it is. */
    void record(StoredLine place, ByteBuf record, int depth) {
        record(place, StoredText.record(record), record, depth);
    }

    /** The record of an entry in a segment, which is found there as that of log {@code logId}. */
    void entry(StoredLine place, ByteBuf record, long logId, long firstOffset, int depth) {
        record(place, StoredText.entry(record, logId, firstOffset), record, depth);
    }

    private void record(StoredLine place, StoredLine line, ByteBuf record, int depth) {
        if (isWanted(line)) {
            place.values().forEach(line::with);
            addBody(line, record);
            print(line, depth);
        }
    }

    private boolean isWanted(StoredLine line) {
        return (log.isEmpty() || line.isAbout(log.get()))
                && (offsets.isEmpty()
                        || line.isAbout(offsets.get().first(), offsets.get().last() + 1));
    }

    private void addBody(StoredLine line, ByteBuf record) {
        try {
            EntryRecord.verify(EntryRecord.withoutList(record), envelope, "the entry");
        } catch (CorruptEntryException e) {
            return; // no entry, or one whose body is not what it was
        }
        byte[] body = ByteBufUtil.getBytes(envelope.body(record, record.readerIndex() + EntryRecord.ENVELOPE_AT));
        if (envelope.format == BodyFormat.DEFINITION) {
            // Whole, it would tell what proves a password.
            line.with("definition", DefinitionText.show(body));
        } else if (bodies) {
            try {
                line.with(
                        "body",
                        StandardCharsets.UTF_8
                                .newDecoder()
                                .decode(ByteBuffer.wrap(body))
                                .toString());
            } catch (CharacterCodingException e) {
                line.with("bodyBase64", Base64.getEncoder().encodeToString(body));
            }
        }
    }

    private void print(StoredLine line, int depth) {
        if (json) {
            ObjectNode node = JsonNodeFactory.instance
                    .objectNode()
                    .put("what", line.what())
                    .put("file", file);
            line.values().forEach((name, value) -> node.set(name, node(value)));
            output.println(node);
            return;
        }
        StringBuilder text = new StringBuilder(INDENT.repeat(depth)).append(line.what());
        line.values()
                .forEach((name, value) ->
                        text.append(' ').append(name).append('=').append(text(value)));
        output.println(text);
    }

    private static JsonNode node(Object value) {
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        if (value instanceof JsonNode node) {
            return node;
        } else if (value instanceof Long number) {
            return nodes.numberNode(number);
        } else if (value instanceof Boolean truth) {
            return nodes.booleanNode(truth);
        } else if (value instanceof List<?> list) {
            ArrayNode array = nodes.arrayNode();
            list.forEach(each -> array.add(String.valueOf(each)));
            return array;
        }
        return nodes.textNode(String.valueOf(value));
    }

    /** A value in a line of text: what could be taken for something else is quoted. */
    private static String text(Object value) {
        if (value instanceof List<?> list) {
            return String.join(",", list.stream().map(String::valueOf).toList()).replace(' ', '_');
        }
        String text = String.valueOf(value);
        return value instanceof String && !text.matches("[\\w.:/+-]+")
                ? String.valueOf(JsonNodeFactory.instance.textNode(text))
                : text;
    }
}
