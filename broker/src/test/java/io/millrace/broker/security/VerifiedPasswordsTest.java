package io.millrace.broker.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class VerifiedPasswordsTest {
    private final PasswordVerifiers verifiers = Cheap.password("x");
    private final VerifiedPasswords verified = new VerifiedPasswords(new Random(1));

    @Test
    void aFingerprintTellsNamesPasswordsAndSaltsApartAndWhereOneEnds() {
        byte[] fingerprint = verified.fingerprint("alice", "x", verifiers);

        assertThat(verified.fingerprint("alice", "x", verifiers)).isEqualTo(fingerprint);
        assertThat(verified.fingerprint("alicex", "", verifiers)).isNotEqualTo(fingerprint);
        assertThat(verified.fingerprint("alice", "y", verifiers)).isNotEqualTo(fingerprint);
        assertThat(verified.fingerprint("alice", "x", Cheap.password("y"))).isNotEqualTo(fingerprint);
    }

    @Test
    void anotherProcessMakesOtherFingerprints() {
        VerifiedPasswords other = new VerifiedPasswords(new Random(2));

        assertThat(other.fingerprint("alice", "x", verifiers))
                .isNotEqualTo(verified.fingerprint("alice", "x", verifiers));
    }

    @Test
    void onlyWhatWasAddedIsContainedAndAlmostTheSameIsNot() {
        byte[] fingerprint = verified.fingerprint("alice", "x", verifiers);
        byte[] sameFirstBits = fingerprint.clone();
        sameFirstBits[31] ^= 1;
        assertThat(verified.contains(fingerprint)).isFalse();
        verified.add(fingerprint);

        assertThat(verified.contains(fingerprint)).isTrue();
        assertThat(verified.contains(sameFirstBits)).isFalse();
        verified.add(sameFirstBits);
        assertThat(verified.contains(fingerprint))
                .as("one place, one fingerprint")
                .isFalse();
    }
}
