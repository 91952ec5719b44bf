package io.millrace.server.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The checksum is SHA-256 (FIPS 180-4), and what goes wrong is a result too. */
class ChecksumTest {
    @TempDir
    Path folder;

    @Test
    void itIsTheSha256OfTheContents() throws Exception {
        Path file = Files.writeString(folder.resolve("abc"), "abc");

        Checksum checksum = Checksum.of(file.toString());

        assertThat(checksum.sha256()).isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assertThat(checksum.error()).isEmpty();
        assertThat(checksum.stamp()).startsWith("3@");
    }

    @Test
    void theStampChangesWithTheFile() throws Exception {
        Path file = Files.writeString(folder.resolve("abc"), "abc");
        String before = Checksum.of(file.toString()).stamp();
        Files.setLastModifiedTime(file, FileTime.fromMillis(1));

        assertThat(Checksum.of(file.toString()).stamp()).isNotEqualTo(before);
    }

    @Test
    void aFileThatIsGoneIsAnErrorThatNamesIt() {
        Checksum checksum = Checksum.of(folder.resolve("gone").toString());

        assertThat(checksum.sha256()).isEmpty();
        assertThat(checksum.error()).isEqualTo(folder.resolve("gone") + ": there is no such file");
    }

    @Test
    void aNameThatNoFileCanHaveIsAnError() {
        assertThat(Checksum.of("a\0b").error()).isNotEmpty();
    }
}
