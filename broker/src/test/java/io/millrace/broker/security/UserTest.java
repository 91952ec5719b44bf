package io.millrace.broker.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.millrace.broker.SpaceName;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UserTest {
    private final AccessKeyIssuer issuer = new AccessKeyIssuer(Cheap.seal(), new StillClock(), new Random(4));

    @Test
    void aNewUserWorksInTheRootSpaceAndHasNothing() {
        assertThat(User.named("alice"))
                .isEqualTo(new User("alice", SpaceName.ROOT, false, List.of(), null, List.of(), List.of()));
    }

    @Test
    void changesMakeANewUserAndLeaveTheRest() {
        AccessKey key = issuer.issue("alice").key();
        PasswordVerifiers password = Cheap.password("x");
        Statement statement =
                Statement.allow(List.of(Action.PUBLISH), ResourceKind.QUEUE, SpaceScope.every(), NamePattern.any());
        User alice = User.named("alice")
                .withSpace(new SpaceName("shop"))
                .withAdministrator(true)
                .withTags(List.of("b", "a", "b"))
                .withPassword(password)
                .withAccessKey(key)
                .withStatements(List.of(statement));

        assertThat(alice)
                .isEqualTo(new User(
                        "alice",
                        new SpaceName("shop"),
                        true,
                        List.of("a", "b"),
                        password,
                        List.of(key),
                        List.of(statement)));
        assertThat(alice.accessKey(key.id())).isEqualTo(key);
        assertThat(alice.withoutAccessKey(key.id()).accessKeys()).isEmpty();
        assertThat(alice.withoutAccessKey(key.id()).accessKey(key.id())).isNull();
    }

    @Test
    void anAccessKeyTakesThePlaceOfTheOneWithItsId() {
        AccessKey key = issuer.issue("alice").key();
        AccessKey resealed = new AccessKey(key.id(), "other", 1);

        assertThat(User.named("alice")
                        .withAccessKey(key)
                        .withAccessKey(resealed)
                        .accessKeys())
                .containsExactly(resealed);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "..", "a\nb", "MLRCABCDEFGHIJKLMNOP"})
    void aNameThatIsNoneOrLooksLikeAnAccessKeyIsRefused(String name) {
        assertThatIllegalArgumentException().isThrownBy(() -> User.named(name));
    }

    @Test
    void thereAreLimits() {
        User alice = User.named("alice");
        Statement statement =
                Statement.allow(List.of(Action.PUBLISH), ResourceKind.QUEUE, SpaceScope.every(), NamePattern.any());
        List<String> tags = IntStream.rangeClosed(0, User.TAGS_MAX)
                .mapToObj(Integer::toString)
                .toList();
        User withKeys = alice;
        for (int keys = 0; keys < User.ACCESS_KEYS_MAX; keys++) {
            withKeys = withKeys.withAccessKey(issuer.issue("alice").key());
        }
        User full = withKeys;

        assertThatIllegalArgumentException().isThrownBy(() -> alice.withTags(tags));
        assertThatIllegalArgumentException().isThrownBy(() -> alice.withTags(List.of("\0")));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> alice.withStatements(Collections.nCopies(User.STATEMENTS_MAX + 1, statement)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> full.withAccessKey(issuer.issue("alice").key()));
        AccessKey key = full.accessKeys().get(0);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new User("a", SpaceName.ROOT, false, List.of(), null, List.of(key, key), List.of()))
                .withMessageContaining("twice");
    }

    @Test
    void whatIsPrintedHasNoCredentialInIt() {
        PasswordVerifiers password = Cheap.password("pass-word");
        IssuedAccessKey issued = issuer.issue("alice");
        User alice = User.named("alice").withPassword(password).withAccessKey(issued.key());

        String printed = alice + " " + password + " " + issued + " " + alice.accessKeys();

        assertThat(printed).contains("alice", "a password", issued.key().id());
        assertThat(printed)
                .doesNotContain(
                        "pass-word",
                        issued.secret(),
                        issued.key().sealedSecret(),
                        password.pbkdf2().salt().base64(),
                        password.pbkdf2().hash().base64(),
                        password.scramSha256().storedKey().base64(),
                        password.scramSha256().serverKey().base64(),
                        password.scramSha512().storedKey().base64(),
                        password.scramSha512().serverKey().base64());
    }
}
