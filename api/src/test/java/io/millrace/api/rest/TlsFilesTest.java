package io.millrace.api.rest;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.api.HttpDoor;
import io.millrace.api.http.HttpDoorOptions;
import io.millrace.api.http.TlsFilesException;
import io.millrace.testkit.TestCertificate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A door whose certificate or key cannot be used does not open, and says which file is wrong. */
class TlsFilesTest extends RigTest {
    private Path chain;
    private Path key;
    private Path otherKey;
    private Path garbage;

    @BeforeEach
    void writeFiles() throws IOException, GeneralSecurityException {
        TestCertificate certificate = TestCertificate.make(directory);
        chain = certificate.writeChain(directory.resolve("chain.pem"));
        key = certificate.writeKey(directory.resolve("key.pem"));
        otherKey = TestCertificate.make(directory).writeKey(directory.resolve("other.pem"));
        garbage = Files.writeString(directory.resolve("garbage.pem"), "-----BEGIN CERTIFICATE-----\nno\n");
    }

    private void expectRefusal(Path shownChain, Path shownKey, String... words) {
        HttpDoorOptions options = options().with(new HttpDoorOptions.Tls(shownChain, shownKey));
        assertThatThrownBy(() -> HttpDoor.open(options, rig.parts()).close())
                .isInstanceOf(TlsFilesException.class)
                .hasMessageContainingAll(words);
    }

    @Test
    void aFileThatIsMissingIsNamed() throws IOException {
        Path nowhere = directory.resolve("nowhere.pem");
        expectRefusal(nowhere, key, "certificate", nowhere.toString(), "no such file");
        expectRefusal(chain, nowhere, "key", nowhere.toString(), "no such file");
        expectRefusal(directory, key, "certificate", directory.toString(), "cannot be read");
    }

    @Test
    void aFileThatIsNoPemIsNamed() {
        expectRefusal(garbage, key, "certificate", garbage.toString(), "no certificate in PEM");
        expectRefusal(chain, garbage, "key", garbage.toString(), "no key in PEM");
        expectRefusal(key, chain, "certificate", key.toString(), "no certificate in PEM");
    }

    @Test
    void aKeyOfAnotherCertificateIsRefused() {
        expectRefusal(chain, otherKey, otherKey.toString(), chain.toString(), "does not belong");
    }

    @Test
    void filesThatBelongTogetherAreTaken() throws IOException {
        HttpDoor.open(options().with(new HttpDoorOptions.Tls(chain, key)), rig.parts())
                .close();
    }
}
