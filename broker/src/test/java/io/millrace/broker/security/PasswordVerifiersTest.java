package io.millrace.broker.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PasswordVerifiersTest {
    private static final PasswordVerifiers VERIFIERS = Cheap.password("correct horse");

    @Test
    void theRightPasswordIsFoundRight() {
        assertThat(VERIFIERS.verify("correct horse")).isTrue();
        assertThat(VERIFIERS.verify("correct\u00A0horse"))
                .as("the same after preparation")
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"correct hors", "correct horse ", "Correct horse", "", "correct horse\0", "unfit"})
    void anyOtherIsNot(String password) {
        assertThat(VERIFIERS.verify(password)).isFalse();
    }

    @Test
    void anUnfitPasswordDoesNotPassForTheOneThatIsHashedInItsPlace() {
        assertThat(Cheap.password("unfit").verify("\0")).isFalse();
        assertThat(Cheap.password("unfit").verify("unfit")).isTrue();
    }

    @Test
    void everyVerifierHasItsOwnSaltAndTheSamePasswordAnotherOneEachTime() {
        PasswordVerifiers again = PasswordVerifiers.create("correct horse", Cheap.COST, new Random(1));

        assertThat(again.verify("correct horse")).isTrue();
        assertThat(List.of(
                        VERIFIERS.pbkdf2().salt(),
                        VERIFIERS.scramSha256().salt(),
                        VERIFIERS.scramSha512().salt(),
                        again.pbkdf2().salt(),
                        again.scramSha256().salt(),
                        again.scramSha512().salt()))
                .doesNotHaveDuplicates();
    }

    /** Reference made with Python's hashlib.pbkdf2_hmac('sha512', ...), salt 00 to 0f, 4096 iterations. */
    @Test
    void thePasswordCountsAsItsUtf8Bytes() {
        byte[] salt = HexFormat.of().parseHex("000102030405060708090a0b0c0d0e0f");

        Pbkdf2Verifier verifier = Pbkdf2Verifier.of("p\u00E4ssw\u00F6rd", salt, 4_096);

        assertThat(HexFormat.of().formatHex(verifier.hash().bytes()))
                .isEqualTo("0b7307f3fddc967508bf003698e7c11645995deaaba4064cf505450d7adf7d11"
                        + "3ded1b4a16c4a04f65afbcf866dff163e8bd32114865b105a728332c3d0e023b");
    }

    /** References made with Python's hashlib and hmac from the inputs of RFC 7677, section 3. */
    @Test
    void scramKeysAreThoseOfTheSpecification() {
        byte[] salt = Base64.getDecoder().decode("W22ZaJ0SNY7soEsUEjb6gQ==");

        ScramVerifier sha256 = ScramVerifier.of(ScramHash.SHA_256, "pencil", salt, 4_096);
        assertThat(sha256.storedKey().base64()).isEqualTo("WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=");
        assertThat(sha256.serverKey().base64()).isEqualTo("wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=");

        ScramVerifier sha512 = ScramVerifier.of(ScramHash.SHA_512, "pencil", salt, 4_096);
        assertThat(sha512.storedKey().base64())
                .isEqualTo("6AAub3065EYRmyFpM2RNwqK+eGnrkYuEWbXn19LsEmBq"
                        + "zu8QaCXNc1FwpnX9NhH2hK/60dzj9DoO5DvVkOHbvg==");
        assertThat(sha512.serverKey().base64())
                .isEqualTo("jZHbYjC1aHh0/hKbxyBuGFjDrgjgKTT1esA7awWiKcRZ"
                        + "0o/0b1yWEebBeSVkkCFewf91nLDfKF24mvD5nmE6rA==");
    }

    @Test
    void theRecommendedCostIsWhatOwaspRecommends() {
        assertThat(HashingCost.RECOMMENDED).isEqualTo(new HashingCost(220_000, 600_000, 220_000));
    }

    @Test
    void costsThatProtectNobodyOrNeverEndAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new HashingCost(4_095, 4_096, 4_096));
        assertThatIllegalArgumentException().isThrownBy(() -> new HashingCost(4_096, 4_095, 4_096));
        assertThatIllegalArgumentException().isThrownBy(() -> new HashingCost(4_096, 4_096, 10_000_001));
    }

    @Test
    void verifiersOfImpossibleLengthsOrInTheWrongPlaceAreRefused() {
        ScramVerifier sha256 = VERIFIERS.scramSha256();
        SecretBytes salt = sha256.salt();
        SecretBytes shortKey = SecretBytes.of(new byte[31]);
        SecretBytes shortSalt = SecretBytes.of(new byte[7]);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ScramVerifier(ScramHash.SHA_256, salt, 4_096, shortKey, sha256.serverKey()));
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        new Pbkdf2Verifier(shortSalt, 4_096, VERIFIERS.pbkdf2().hash()));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new PasswordVerifiers(VERIFIERS.pbkdf2(), VERIFIERS.scramSha512(), sha256));
    }

    @Test
    void secretBytesAreCopiedComparedByValueAndNotShown() {
        byte[] bytes = {1, 2, 3};
        SecretBytes secret = SecretBytes.of(bytes);
        bytes[0] = 9;
        secret.bytes()[1] = 9;

        assertThat(secret).isEqualTo(SecretBytes.ofBase64("AQID")).isNotEqualTo(SecretBytes.of(bytes));
        assertThat(secret).hasSameHashCodeAs(SecretBytes.ofBase64("AQID")).hasToString("(3 secret bytes)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SecretBytes.ofBase64("A!secret"))
                .withMessage("not base64");
    }
}
