package io.millrace.server.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Reads the settings of one YAML 1.2 file of at most {@value #BYTES_MAX} bytes of UTF-8. Only the parser's events are
 * used: no object is ever built from a tag.
 *
 * <p>Stateless; any thread. What is wrong with the file ends in {@link IllegalArgumentException} with one line for the
 * user.
 */
final class YamlFile {
    private static final int BYTES_MAX = 1 << 20;

    private YamlFile() {}

    static List<RawSetting> read(Path file) {
        return parse(file.toString(), text(file));
    }

    /** The settings in {@code text}, which stands in the file {@code name}. */
    static List<RawSetting> parse(String name, String text) {
        var events = new YamlEvents(name);
        try {
            LoadSettings settings = LoadSettings.builder()
                    .setLabel(name)
                    .setCodePointLimit(BYTES_MAX)
                    .build();
            for (Event event : new Parse(settings).parseString(text)) {
                events.accept(event);
            }
        } catch (MarkedYamlEngineException e) {
            int line = e.getProblemMark().map(Mark::getLine).orElse(0) + 1;
            throw new IllegalArgumentException(
                    name + ":" + line + ": this is not YAML: " + Shown.of(e.getProblem()), e);
        } catch (YamlEngineException e) {
            throw new IllegalArgumentException(
                    name + ": this is not YAML: " + Shown.of(String.valueOf(e.getMessage())), e);
        }
        return events.settings();
    }

    private static String text(Path file) {
        byte[] bytes;
        try (InputStream input = Files.newInputStream(file)) {
            bytes = input.readNBytes(BYTES_MAX + 1);
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException(file + ": there is no such file", e);
        } catch (IOException e) {
            throw new IllegalArgumentException(file + ": the file cannot be read: " + e.getMessage(), e);
        }
        if (bytes.length > BYTES_MAX) {
            throw new IllegalArgumentException(file + ": the file is larger than 1MiB");
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(file + ": the file is not UTF-8", e);
        }
    }
}
