package io.millrace.base.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutOfSpaceTest {
    private static final Path FULL = Path.of("/dev/full");
    private static final Path FILE = Path.of("/data/journal");

    @Test
    void aDeviceThatIsFullIsOutOfSpace() throws IOException {
        assumeThat(Files.exists(FULL)).isTrue();
        try (StorageFile file = new DiskFileSystem().open(FULL)) {
            assertThatThrownBy(() -> file.write(ByteBuffer.allocate(1), 0))
                    .isInstanceOf(OutOfSpaceException.class)
                    .hasMessageContaining("/dev/full");
            ByteBuffer[] two = {ByteBuffer.allocate(1), ByteBuffer.allocate(1)};
            assertThatThrownBy(() -> file.write(two, 2, 0)).isInstanceOf(OutOfSpaceException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"No space left on device", "Disk quota exceeded"})
    void theWordsOfTheSystemAreUnderstood(String words) {
        IOException ofChannel = new IOException(words);
        IOException ofName = new FileSystemException(FILE.toString(), null, words);

        assertThat(OutOfSpaceException.orNamed(ofChannel, FILE))
                .isInstanceOf(OutOfSpaceException.class)
                .hasMessage(FILE + ": " + words)
                .hasCause(ofChannel);
        assertThat(OutOfSpaceException.orNamed(ofName, FILE))
                .isInstanceOf(OutOfSpaceException.class)
                .hasMessage(FILE + ": " + words);
    }

    @Test
    void anotherFailureStaysWhatItIs() {
        IOException failure = new NoSuchFileException(FILE.toString());

        assertThat(OutOfSpaceException.orNamed(failure, FILE)).isSameAs(failure);
    }

    /** An input or output error of a channel does not say where. */
    @Test
    void aFailureOfAChannelNamesTheFile() {
        IOException failure = new IOException("Input/output error");

        assertThat(OutOfSpaceException.orNamed(failure, FILE))
                .isExactlyInstanceOf(IOException.class)
                .hasMessage(FILE + ": Input/output error")
                .hasCause(failure);
    }
}
