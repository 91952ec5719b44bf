package io.millrace.api.http;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonGenerator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** Writes JSON into a buffer as a stream. Stateless; any thread. */
public final class JsonBuffer {
    private JsonBuffer() {}

    /** Writes the fields of an object. */
    @FunctionalInterface
    public interface Fields {
        /** Writes them into the object that is open. */
        void write(JsonGenerator json) throws IOException;
    }

    /** An object with {@code fields} in a buffer of about {@code bytes} bytes, the caller's to release. */
    public static ByteBuf object(ByteBufAllocator allocator, int bytes, Fields fields) {
        ByteBuf target = allocator.buffer(bytes);
        boolean complete = false;
        try (JsonGenerator json =
                Json.STREAM.createGenerator((OutputStream) new ByteBufOutputStream(target), JsonEncoding.UTF8)) {
            json.writeStartObject();
            fields.write(json);
            json.writeEndObject();
            json.flush();
            complete = true;
            return target;
        } catch (IOException e) {
            throw new IllegalStateException("memory can be written", e);
        } finally {
            if (!complete) {
                target.release();
            }
        }
    }
}
