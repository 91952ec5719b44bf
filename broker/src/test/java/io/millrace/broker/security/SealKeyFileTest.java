package io.millrace.broker.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SealKeyFileTest {
    private static final String KEY = "A".repeat(43) + "=";

    @TempDir
    private Path folder;

    private Path path;
    private SealKeyFile file;

    @BeforeEach
    void nameTheFile() {
        path = folder.resolve("seal.key");
        file = new SealKeyFile(path, new Random(8));
    }

    private void write(String text, String permissions) throws IOException {
        Files.writeString(path, text);
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
    }

    @Test
    void theFirstUseMakesAFileForItsOwnerAloneAndTheNextReadsIt() throws IOException {
        List<SealKey> keys = file.openOrCreate();

        assertThat(keys).hasSize(1);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                .isEqualTo("rw-------");
        assertThat(file.openOrCreate()).isEqualTo(keys);
        try (var names = Files.list(folder)) {
            assertThat(names).containsExactly(path);
        }
    }

    @Test
    void aNewKeyComesLastAndTheOldOnesStay() throws IOException {
        SealKey first = file.openOrCreate().get(0);
        List<SealKey> keys = file.addKey();

        assertThat(keys).hasSize(2).startsWith(first).doesNotHaveDuplicates();
        assertThat(file.openOrCreate()).isEqualTo(keys);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                .isEqualTo("rw-------");
    }

    @Test
    void whatACrashLeftInTheMiddleOfAChangeIsReplaced() throws IOException {
        Files.writeString(folder.resolve("seal.key.new"), "half a li");

        assertThat(file.openOrCreate()).hasSize(1);
        assertThat(folder.resolve("seal.key.new")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw----r--", "rw-----w-", "rw------x", "rw--w----", "rwxrwxrwx"})
    void aFileThatOthersCanReadOrChangeIsRefused(String permissions) throws IOException {
        write("00000000 " + KEY, permissions);

        assertThatIOException()
                .isThrownBy(file::openOrCreate)
                .withMessageContaining(permissions)
                .withMessageContaining("chmod 600");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-------", "r--------", "r--r-----"})
    void aFileThatOnlyItsOwnerAndGroupCanReadIsFine(String permissions) throws IOException {
        write("# comment\n\n00000000 " + KEY + "\n", permissions);

        assertThat(file.openOrCreate()).extracting(SealKey::id).containsExactly("00000000");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "''|holds no key",
                "# only a comment|holds no key",
                "00000000|line 1",
                "0000000g KEY|line 1: a seal key's id",
                "00000000 KEYA|line 1: not base64",
                "00000000 AAAA|line 1: a seal key has 32 bytes",
                "#\\n00000000 KEY\\n00000000 KEY|line 3: the id is taken",
            })
    void aFileWithAnythingElseInItIsRefusedByLineWithoutShowingIt(String text, String reason) throws IOException {
        write(text.replace("KEY", KEY).replace("\\n", "\n"), "rw-------");

        assertThatIOException()
                .isThrownBy(file::openOrCreate)
                .withMessageContaining(reason)
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain(KEY));
    }

    @Test
    void aFileTooLargeForAKeyFileIsNotRead() throws IOException {
        write("#".repeat(65_537), "rw-------");

        assertThatIOException().isThrownBy(file::openOrCreate).withMessageContaining("larger");
    }

    @Test
    void aLinkThatLeadsNowhereIsNotReplacedByANewKey() throws IOException {
        Files.createSymbolicLink(path, folder.resolve("unmounted"));

        assertThatIOException().isThrownBy(file::openOrCreate);
        assertThat(Files.isSymbolicLink(path)).isTrue();
    }

    @Test
    void thereIsAMostOfKeys() throws IOException {
        for (int keys = 1; keys < SealKeyFile.KEYS_MAX; keys++) {
            file.addKey();
        }

        assertThat(file.openOrCreate()).hasSize(SealKeyFile.KEYS_MAX);
        assertThatIOException().isThrownBy(file::addKey).withMessageContaining("100 keys");
    }
}
