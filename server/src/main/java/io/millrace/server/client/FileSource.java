package io.millrace.server.client;

import io.millrace.server.process.FailureReason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Takes the contents of files whose names another source brings. Holds one file, which has a bound. */
final class FileSource implements MessageSource {
    private final MessageSource names;
    private final int fileBytesMax;
    private String name = "";

    FileSource(MessageSource names, int fileBytesMax) {
        this.names = names;
        this.fileBytesMax = fileBytesMax;
    }

    @Override
    public byte @Nullable [] next() throws IOException {
        byte[] bytes = names.next();
        if (bytes == null) {
            return null;
        }
        name = new String(bytes, StandardCharsets.UTF_8);
        try (InputStream file = Files.newInputStream(Path.of(name))) {
            byte[] contents = file.readNBytes(fileBytesMax + 1);
            if (contents.length > fileBytesMax) {
                throw new IOException("is larger than " + Numbers.bytes(fileBytesMax));
            }
            return contents;
        } catch (InvalidPathException e) {
            throw new IOException("cannot be the name of a file", e);
        } catch (IOException e) {
            throw new IOException(FailureReason.of(e), e);
        }
    }

    @Override
    public boolean isIdle() throws IOException {
        return names.isIdle();
    }

    @Override
    public String place() {
        return names.place() + " (" + name + ")";
    }
}
