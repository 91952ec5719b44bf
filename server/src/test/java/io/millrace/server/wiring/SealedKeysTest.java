package io.millrace.server.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.base.Clock;
import io.millrace.broker.security.AccessKeyIssuer;
import io.millrace.broker.security.SealKeyFile;
import io.millrace.broker.security.SecretSeal;
import io.millrace.broker.security.User;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Access keys whose seal key is not in the file are found, and no others. */
class SealedKeysTest {
    @TempDir
    Path folder;

    private final SecureRandom random = new SecureRandom();

    @Test
    void keysThatWereSealedElsewhereAreFound() throws IOException {
        SecretSeal ours = seal("ours");
        SecretSeal theirs = seal("theirs");
        User ada = withKey(withKey(User.named("ada"), ours), theirs);
        User bob = withKey(User.named("bob"), ours);

        assertThat(SealedKeys.check(List.of(bob, User.named("eve")), ours, folder))
                .isZero();
        assertThat(SealedKeys.check(List.of(ada, bob), ours, folder)).isEqualTo(1);
        assertThat(SealedKeys.check(List.of(ada, bob), theirs, folder)).isEqualTo(2);
    }

    private User withKey(User user, SecretSeal seal) {
        return user.withAccessKey(new AccessKeyIssuer(seal, Clock.SYSTEM, random)
                .issue(user.name())
                .key());
    }

    private SecretSeal seal(String name) throws IOException {
        return new SecretSeal(new SealKeyFile(folder.resolve(name), random).openOrCreate(), random);
    }
}
