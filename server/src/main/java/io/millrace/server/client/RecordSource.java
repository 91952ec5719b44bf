package io.millrace.server.client;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a stream into records at a delimiter byte, which is not part of them. What follows the last delimiter is a
 * record too, unless it is empty. Holds one record, which has a bound, and {@value #BUFFER_BYTES} bytes.
 */
final class RecordSource implements MessageSource {
    private static final int BUFFER_BYTES = 64 << 10;

    private final InputStream input;
    private final byte delimiter;
    private final int recordBytesMax;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int position;
    private int limit;
    private long records;

    RecordSource(InputStream input, byte delimiter, int recordBytesMax) {
        this.input = input;
        this.delimiter = delimiter;
        this.recordBytesMax = recordBytesMax;
    }

    @Override
    public byte @Nullable [] next() throws IOException {
        var record = new ByteArrayOutputStream();
        records++;
        while (true) {
            int end = delimiterAt();
            int until = end < 0 ? limit : end;
            if (record.size() + (until - position) > recordBytesMax) {
                throw new IOException("is longer than " + Numbers.bytes(recordBytesMax));
            }
            record.write(buffer, position, until - position);
            position = end < 0 ? limit : end + 1;
            if (end >= 0) {
                return record.toByteArray();
            }
            if (!fill()) {
                return record.size() == 0 ? null : record.toByteArray();
            }
        }
    }

    @Override
    public boolean isIdle() throws IOException {
        return delimiterAt() < 0 && input.available() == 0;
    }

    @Override
    public String place() {
        return "record " + Numbers.count(records);
    }

    private int delimiterAt() {
        for (int at = position; at < limit; at++) {
            if (buffer[at] == delimiter) {
                return at;
            }
        }
        return -1;
    }

    private boolean fill() throws IOException {
        position = 0;
        limit = Math.max(0, input.read(buffer));
        return limit > 0;
    }
}
