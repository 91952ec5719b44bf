package io.millrace.broker.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.SpaceName;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AuthenticatorTest {
    private static final SpaceName SHOP = new SpaceName("shop");
    private static final InetAddress AWAY = address("192.0.2.1");

    private final Random random = new Random(12);
    private final StillClock clock = new StillClock();
    private final SecretSeal seal = Cheap.seal();
    private final IssuedAccessKey issued = new AccessKeyIssuer(seal, clock, random).issue("alice");
    private final User alice = User.named("alice")
            .withSpace(SHOP)
            .withPassword(Cheap.password("right"))
            .withAccessKey(issued.key());
    private final Directory users = new Directory().with(alice).with(User.named("keys-only"));
    private final Authenticator authenticator = new Authenticator(users, seal, Cheap.COST, clock, random);

    private static InetAddress address(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Verdict alice(AuthenticatedBy by) {
        return Verdict.admitted(new Principal("alice", SHOP, by));
    }

    private static Refusal refusal(Verdict verdict) {
        return verdict instanceof Verdict.Refused refused ? refused.reason() : null;
    }

    private Authenticator open() {
        return new Authenticator(new Directory(), seal, Cheap.COST, clock, random);
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"})
    void withoutUsersThisMachineIsAdmittedWithAnythingAsAnonymous(String peer) {
        InetAddress here = address(peer);
        Verdict anonymous = Verdict.admitted(Principal.ANONYMOUS);

        assertThat(open().isOpen()).isTrue();
        assertThat(open().withoutCredentials(here)).isEqualTo(anonymous);
        assertThat(open().password("guest", "guest", here)).isEqualTo(anonymous);
        assertThat(open().password("", "", here)).isEqualTo(anonymous);
        assertThat(open().passwordAtOnce("x", "y", here)).isEqualTo(anonymous);
        assertThat(open().signed("AKIAIOSFODNN7EXAMPLE", here, secret -> false)).isEqualTo(anonymous);
        assertThat(Principal.ANONYMOUS.space()).isEqualTo(SpaceName.ROOT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"192.0.2.1", "10.0.0.1", "0.0.0.0", "::", "fe80::1", "2001:db8::1"})
    void withoutUsersOtherMachinesAreRefused(String peer) {
        InetAddress there = address(peer);

        assertThat(refusal(open().withoutCredentials(there))).isEqualTo(Refusal.NO_USER_YET);
        assertThat(refusal(open().password("guest", "guest", there))).isEqualTo(Refusal.NO_USER_YET);
        assertThat(refusal(open().signed("x", there, secret -> true))).isEqualTo(Refusal.NO_USER_YET);
    }

    @Test
    void withAUserNobodyIsAnonymousAnyMore() {
        InetAddress here = InetAddress.getLoopbackAddress();

        assertThat(authenticator.isOpen()).isFalse();
        assertThat(refusal(authenticator.withoutCredentials(here))).isEqualTo(Refusal.CREDENTIALS_NEEDED);
        assertThat(refusal(authenticator.password("guest", "guest", here))).isEqualTo(Refusal.BAD_CREDENTIALS);
    }

    @Test
    void theRightPasswordAdmitsIntoTheUsersSpaceAndIsRememberedWithoutHashing() {
        assertThat(authenticator.passwordAtOnce("alice", "right", AWAY)).isNull();
        assertThat(authenticator.password("alice", "right", AWAY)).isEqualTo(alice(AuthenticatedBy.PASSWORD));

        assertThat(authenticator.passwordAtOnce("alice", "right", AWAY)).isEqualTo(alice(AuthenticatedBy.PASSWORD));
        assertThat(authenticator.passwordAtOnce("alice", "right", address("192.0.2.2")))
                .isEqualTo(alice(AuthenticatedBy.PASSWORD));
        assertThat(authenticator.passwordAtOnce("alice", "righ", AWAY)).isNull();
        assertThat(authenticator.passwordAtOnce("alicer", "ight", AWAY)).isNull();
    }

    @Test
    void aNewPasswordForgetsTheOldOneAlsoIfItIsTheSame() {
        authenticator.password("alice", "right", AWAY);
        users.with(alice.withPassword(Cheap.password("new")));
        assertThat(refusal(authenticator.password("alice", "right", AWAY))).isEqualTo(Refusal.BAD_CREDENTIALS);
        assertThat(authenticator.password("alice", "new", AWAY)).isEqualTo(alice(AuthenticatedBy.PASSWORD));

        users.with(alice.withPassword(PasswordVerifiers.create("new", Cheap.COST, new Random(77))));
        assertThat(authenticator.passwordAtOnce("alice", "new", AWAY)).isNull();
    }

    @Test
    void aRememberedPasswordIsWorthNothingWithoutTheUser() {
        authenticator.password("alice", "right", AWAY);
        users.without("alice");

        assertThat(authenticator.passwordAtOnce("alice", "right", AWAY)).isNull();
        assertThat(refusal(authenticator.password("alice", "right", AWAY))).isEqualTo(Refusal.BAD_CREDENTIALS);
    }

    @Test
    void aChangeThatIsNotThePasswordsKeepsItRemembered() {
        authenticator.password("alice", "right", AWAY);
        users.with(alice.withSpace(SpaceName.ROOT));

        assertThat(authenticator.passwordAtOnce("alice", "right", AWAY))
                .isEqualTo(Verdict.admitted(new Principal("alice", SpaceName.ROOT, AuthenticatedBy.PASSWORD)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"nobody", "keys-only"})
    void whoHasNoPasswordIsHashedAndRefusedLikeAWrongOne(String name) {
        assertThat(authenticator.passwordAtOnce(name, "right", AWAY)).isNull();
        assertThat(authenticator.password(name, "right", AWAY))
                .isEqualTo(authenticator.password("alice", "wrong", AWAY))
                .isEqualTo(Verdict.refused(Refusal.BAD_CREDENTIALS));
    }

    @Test
    void aDecoyCostsWhatAPasswordSetNowCosts() {
        HashingCost cost = new HashingCost(5_000, 6_000, 7_000);
        PasswordVerifiers decoy = new Decoys(new byte[32], cost, random).password();

        assertThat(decoy.pbkdf2().iterations()).isEqualTo(5_000);
        assertThat(new Decoys(new byte[32], cost, random)
                        .scram("x", ScramHash.SHA_256)
                        .iterations())
                .isEqualTo(6_000);
        assertThat(new Decoys(new byte[32], cost, random)
                        .scram("x", ScramHash.SHA_512)
                        .iterations())
                .isEqualTo(7_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a\nb", "\0", ".."})
    void aNameThatNobodyCanHaveIsRefusedAtOnceAndNotCounted(String name) {
        for (int round = 0; round < 20; round++) {
            assertThat(authenticator.passwordAtOnce(name, "x", AWAY))
                    .isEqualTo(Verdict.refused(Refusal.BAD_CREDENTIALS));
        }
    }

    @Test
    void guessingIsHeldBackEvenWhenTheGuessIsRight() {
        authenticator.password("alice", "right", AWAY);
        for (int guess = 0; guess <= AttemptBrake.FREE_FAILURES; guess++) {
            assertThat(refusal(authenticator.password("alice", "guess" + guess, AWAY)))
                    .isEqualTo(Refusal.BAD_CREDENTIALS);
        }

        assertThat(authenticator.password("alice", "right", AWAY))
                .isEqualTo(new Verdict.Refused(Refusal.HELD_BACK, 1_000));
        assertThat(authenticator.passwordAtOnce("alice", "right", AWAY))
                .isEqualTo(new Verdict.Refused(Refusal.HELD_BACK, 1_000));
        assertThat(authenticator.password("alice", "right", address("192.0.2.2")))
                .isEqualTo(alice(AuthenticatedBy.PASSWORD));

        clock.advance(Duration.ofSeconds(1));
        assertThat(authenticator.password("alice", "right", AWAY)).isEqualTo(alice(AuthenticatedBy.PASSWORD));
    }

    @Test
    void theRefusalThatStartsTheWaitSaysHowLongItIs() {
        for (int guess = 0; guess < AttemptBrake.FREE_FAILURES; guess++) {
            authenticator.password("alice", "guess" + guess, AWAY);
        }

        assertThat(authenticator.password("alice", "another", AWAY))
                .isEqualTo(new Verdict.Refused(Refusal.BAD_CREDENTIALS, 1_000));
    }

    @Test
    void anUnknownNameIsHeldBackLikeAKnownOne() {
        for (int guess = 0; guess <= AttemptBrake.FREE_FAILURES; guess++) {
            authenticator.password("nobody", "guess" + guess, AWAY);
        }

        assertThat(refusal(authenticator.password("nobody", "x", AWAY))).isEqualTo(Refusal.HELD_BACK);
    }

    @Test
    void anOutdatedPasswordTriedOverAndOverDoesNotLockOutTheRightOne() {
        for (int retry = 0; retry < 100; retry++) {
            assertThat(authenticator.password("alice", "outdated", AWAY))
                    .isEqualTo(Verdict.refused(Refusal.BAD_CREDENTIALS));
        }
        assertThat(authenticator.passwordAtOnce("alice", "outdated", AWAY))
                .as("not hashed again")
                .isNotNull();

        assertThat(authenticator.password("alice", "right", AWAY)).isEqualTo(alice(AuthenticatedBy.PASSWORD));
    }

    @Test
    void aWrongPasswordThatBecomesTheRightOneIsFoundRight() {
        authenticator.password("alice", "tomorrow", AWAY);
        users.with(alice.withPassword(Cheap.password("tomorrow")));

        assertThat(authenticator.password("alice", "tomorrow", AWAY)).isEqualTo(alice(AuthenticatedBy.PASSWORD));
    }

    @Test
    void anAccessKeyAndItsSecretAdmitLikeAPasswordWithoutHashing() {
        String id = issued.key().id();

        assertThat(authenticator.passwordAtOnce(id, issued.secret(), AWAY))
                .isEqualTo(alice(AuthenticatedBy.ACCESS_KEY));
        assertThat(authenticator.password(id, issued.secret(), AWAY)).isEqualTo(alice(AuthenticatedBy.ACCESS_KEY));
        assertThat(refusal(authenticator.password(id, issued.secret() + "x", AWAY)))
                .isEqualTo(Refusal.BAD_CREDENTIALS);
        assertThat(refusal(authenticator.password("MLRCAAAAAAAAAAAAAAAA", issued.secret(), AWAY)))
                .isEqualTo(Refusal.BAD_CREDENTIALS);
    }

    @Test
    void aSignatureIsCheckedWithTheSecretOfItsKey() {
        String id = issued.key().id();

        assertThat(authenticator.signed(id, AWAY, secret -> secret.equals(issued.secret())))
                .isEqualTo(alice(AuthenticatedBy.SIGNATURE));
        assertThat(refusal(authenticator.signed(id, AWAY, secret -> false))).isEqualTo(Refusal.BAD_CREDENTIALS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"MLRCAAAAAAAAAAAAAAAA", "AKIAIOSFODNN7EXAMPLE", "", "alice"})
    void aSignatureWithAnUnknownKeyIsCheckedWithADecoyAndRefusedWhateverTheCheckSays(String id) {
        List<String> secrets = new ArrayList<>();

        assertThat(refusal(authenticator.signed(id, AWAY, secrets::add))).isEqualTo(Refusal.BAD_CREDENTIALS);
        assertThat(secrets).hasSize(1).allMatch(secret -> secret.length() == AccessKey.SECRET_CHARS);
        assertThat(secrets).doesNotContain(issued.secret());
    }

    @Test
    void anAccessKeyMovedToAnotherUserOrUnderAnotherSealIsRefusedByItsSeal() {
        users.without("alice").with(User.named("mallory").withAccessKey(issued.key()));
        assertThat(refusal(authenticator.signed(issued.key().id(), AWAY, secret -> true)))
                .isEqualTo(Refusal.SEAL_BROKEN);

        Directory same = new Directory().with(alice);
        SecretSeal other = new SecretSeal(List.of(SealKey.generate(random)), random);
        assertThat(refusal(new Authenticator(same, other, Cheap.COST, clock, random)
                        .password(issued.key().id(), issued.secret(), AWAY)))
                .isEqualTo(Refusal.SEAL_BROKEN);
    }

    @Test
    void anAccessKeyThatWasTakenAwayIsRefused() {
        users.with(alice.withoutAccessKey(issued.key().id()));

        assertThat(refusal(authenticator.password(issued.key().id(), issued.secret(), AWAY)))
                .isEqualTo(Refusal.BAD_CREDENTIALS);
    }

    @Test
    void anotherSpaceCanBeNamedForTheSamePrincipal() {
        Principal principal = new Principal("alice", SHOP, AuthenticatedBy.PASSWORD);

        assertThat(principal.in(SpaceName.ROOT))
                .isEqualTo(new Principal("alice", SpaceName.ROOT, AuthenticatedBy.PASSWORD));
        assertThat(principal.isAnonymous()).isFalse();
        assertThat(Principal.ANONYMOUS.in(SHOP).isAnonymous()).isTrue();
    }
}
