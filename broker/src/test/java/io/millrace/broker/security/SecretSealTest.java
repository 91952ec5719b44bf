package io.millrace.broker.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretSealTest {
    private static final String ID = "MLRCABCDEFGHIJKLMNOP";

    private final Random random = new Random(3);
    private final SealKey oldKey = SealKey.generate(random);
    private final SealKey newKey = SealKey.generate(random);
    private final SecretSeal seal = new SecretSeal(List.of(oldKey), random);

    private static void assertBroken(SecretSeal seal, String sealed, String id, String user) {
        assertThatExceptionOfType(BrokenSealException.class)
                .isThrownBy(() -> seal.open(sealed, id, user))
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("s3cret"));
    }

    @Test
    void whatIsSealedOpensAgain() throws BrokenSealException {
        String sealed = seal.seal("s3cret", ID, "alice");

        assertThat(sealed).startsWith("v1." + oldKey.id() + ".").doesNotContain("s3cret");
        assertThat(seal.open(sealed, ID, "alice")).isEqualTo("s3cret");
    }

    @Test
    void theSameSecretIsSealedDifferentlyEachTime() {
        assertThat(seal.seal("s3cret", ID, "alice")).isNotEqualTo(seal.seal("s3cret", ID, "alice"));
    }

    @Test
    void aChangedCharacterAnywhereIsRefused() {
        String sealed = seal.seal("s3cret", ID, "alice");
        for (int at = 0; at < sealed.length(); at++) {
            char changed = sealed.charAt(at) == 'A' ? 'a' : 'A';
            // The last character carries fewer than six bits: the change has to reach one that counts.
            assertBroken(seal, sealed.substring(0, at) + changed + sealed.substring(at + 1), ID, "alice");
        }
    }

    @Test
    void aSecretMovedToAnotherUserOrAnotherAccessKeyIsRefused() {
        String sealed = seal.seal("s3cret", ID, "alice");

        assertBroken(seal, sealed, ID, "bob");
        assertBroken(seal, sealed, ID, "alicf");
        assertBroken(seal, sealed, "MLRCABCDEFGHIJKLMNOQ", "alice");
        assertBroken(seal, sealed, ID + "\na", "lice");
    }

    @Test
    void anotherKeyOfTheSameIdAndAMissingKeyAreRefused() {
        String sealed = seal.seal("s3cret", ID, "alice");
        SealKey impostor = new SealKey(oldKey.id(), newKey.key());

        assertBroken(new SecretSeal(List.of(impostor), random), sealed, ID, "alice");
        assertBroken(new SecretSeal(List.of(newKey), random), sealed, ID, "alice");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "v1", "v1.", "v1..", "v2.00000000.AAAA", "v1.%s.", "v1.%s.AAAA", "v1.%s.!!", "v1.%s.A.B"})
    void whatIsNoSealedSecretIsRefused(String text) {
        assertBroken(seal, text.replace("%s", oldKey.id()), ID, "alice");
    }

    @Test
    void afterARotationTheOldKeyOpensAndTheNewOneSeals() throws BrokenSealException {
        String sealedBefore = seal.seal("s3cret", ID, "alice");
        SecretSeal rotated = new SecretSeal(List.of(oldKey, newKey), random);

        assertThat(rotated.open(sealedBefore, ID, "alice")).isEqualTo("s3cret");
        assertThat(rotated.isCurrent(sealedBefore)).isFalse();
        assertThat(rotated.seal("s3cret", ID, "alice")).startsWith("v1." + newKey.id() + ".");

        AccessKeyIssuer issuer = new AccessKeyIssuer(rotated, new StillClock(), random);
        AccessKey resealed = issuer.reseal(new AccessKey(ID, sealedBefore, 7), "alice");
        assertThat(rotated.isCurrent(resealed.sealedSecret())).isTrue();
        assertThat(resealed.createdEpochMillis()).isEqualTo(7);
        assertThat(new SecretSeal(List.of(newKey), random).open(resealed.sealedSecret(), ID, "alice"))
                .isEqualTo("s3cret");
    }

    @Test
    void keysForOtherPurposesDifferByPurposeAndKey() {
        assertThat(seal.derive("a")).hasSize(32).isEqualTo(seal.derive("a")).isNotEqualTo(seal.derive("b"));
        assertThat(new SecretSeal(List.of(newKey), random).derive("a")).isNotEqualTo(seal.derive("a"));
    }

    @Test
    void aKeyHasAnIdAndALengthAndIsNotShown() {
        SecretBytes key = oldKey.key();
        assertThatIllegalArgumentException().isThrownBy(() -> new SealKey("0123456", key));
        assertThatIllegalArgumentException().isThrownBy(() -> new SealKey("0123456G", key));
        assertThatIllegalArgumentException().isThrownBy(() -> new SealKey("01234567", SecretBytes.of(new byte[16])));
        assertThatIllegalStateException().isThrownBy(() -> new SecretSeal(List.of(), random));
        assertThat(oldKey.toString()).doesNotContain(key.base64()).contains(oldKey.id());
    }

    @Test
    void anIssuedAccessKeyHasTheShapeOfOneAndOpens() throws BrokenSealException {
        AccessKeyIssuer issuer = new AccessKeyIssuer(seal, new StillClock(), random);
        IssuedAccessKey issued = issuer.issue("alice");

        assertThat(issued.key().id()).matches("MLRC[A-Z2-7]{16}");
        assertThat(issued.secret()).matches("[A-Za-z0-9_-]{40}");
        assertThat(issued.key().createdEpochMillis()).isEqualTo(new StillClock().epochMillis());
        assertThat(seal.open(issued.key().sealedSecret(), issued.key().id(), "alice"))
                .isEqualTo(issued.secret());
        assertThat(issuer.issue("alice").key().id()).isNotEqualTo(issued.key().id());
        assertThat(issued.toString()).doesNotContain(issued.secret());
        assertThat(issued.key().toString()).doesNotContain(issued.key().sealedSecret());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "MLRC",
                "MLRCABCDEFGHIJKLMNO",
                "MLRCABCDEFGHIJKLMNOPQ",
                "MLRCABCDEFGHIJKLMNO1",
                "AKIAABCDEFGHIJKLMNOP",
                "MLRCABCDEFGHIJKLMNOp"
            })
    void whatHasAnotherShapeIsNoAccessKeyId(String text) {
        assertThat(AccessKey.isId(text)).isFalse();
        assertThatIllegalArgumentException().isThrownBy(() -> new AccessKey(text, "sealed", 0));
    }
}
