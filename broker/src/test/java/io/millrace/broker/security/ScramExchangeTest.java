package io.millrace.broker.security;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.millrace.broker.SpaceName;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScramExchangeTest {
    private static final InetAddress PEER = InetAddress.getLoopbackAddress();

    /** RFC 7677, section 3. */
    private static final String CLIENT_FIRST = "n,,n=user,r=rOprNGfwEbeRWgbNEkqO";

    private static final String SERVER_NONCE = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
    private static final String SERVER_FIRST =
            "r=rOprNGfwEbeRWgbNEkqO" + SERVER_NONCE + ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
    private static final String WITHOUT_PROOF = "c=biws,r=rOprNGfwEbeRWgbNEkqO" + SERVER_NONCE;
    private static final String CLIENT_FINAL = WITHOUT_PROOF + ",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
    private static final String SERVER_FINAL = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";

    private final Directory users = new Directory()
            .with(User.named("user").withPassword(pencil()))
            .with(User.named("a=b,c").withPassword(Cheap.password("comma")))
            .with(User.named("keys-only"));

    private int seed;
    private final StillClock clock = new StillClock();
    private final Authenticator authenticator = authenticator();

    private Authenticator authenticator() {
        return new Authenticator(users, Cheap.seal(), Cheap.COST, clock, new Random(seed++));
    }

    private static PasswordVerifiers pencil() {
        byte[] salt = Base64.getDecoder().decode("W22ZaJ0SNY7soEsUEjb6gQ==");
        PasswordVerifiers any = Cheap.password("pencil");
        return new PasswordVerifiers(
                any.pbkdf2(),
                ScramVerifier.of(ScramHash.SHA_256, "pencil", salt, 4_096),
                ScramVerifier.of(ScramHash.SHA_512, "pencil", salt, 4_096));
    }

    private ScramExchange exchange(ScramHash hash) {
        return new ScramExchange(authenticator, hash, PEER, SERVER_NONCE);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private static Refusal refusal(ScramReply reply) {
        return reply.verdict() instanceof Verdict.Refused refused ? refused.reason() : null;
    }

    @Test
    void theExampleOfRfc7677Succeeds() {
        ScramExchange exchange = exchange(ScramHash.SHA_256);

        assertThat(exchange.first(bytes(CLIENT_FIRST))).isEqualTo(new ScramReply(SERVER_FIRST, null));
        ScramReply reply = exchange.last(bytes(CLIENT_FINAL));

        assertThat(reply.message()).isEqualTo(SERVER_FINAL);
        assertThat(reply.verdict())
                .isEqualTo(Verdict.admitted(new Principal("user", SpaceName.ROOT, AuthenticatedBy.SCRAM_SHA_256)));
    }

    /** Proof and signature made with Python's hashlib and hmac. */
    @Test
    void theSameExampleWithSha512Succeeds() {
        ScramExchange exchange = exchange(ScramHash.SHA_512);

        exchange.first(bytes(CLIENT_FIRST));
        ScramReply reply = exchange.last(bytes(WITHOUT_PROOF + ",p=gMGXRcevScNtxZ6/8lQYpGtnsNAc3mGcmNomv+xnoOMw"
                + "+3R2xNJdMNnzMlTN8PPC6wdp6dybEmDYXYTxwnYPJQ=="));

        assertThat(reply.message())
                .isEqualTo("v=ZQnYEgWQMFmmsM8aQMF0nDDCy/AgCzkwk8CmMZYcMg0v"
                        + "SVlKDanekLtifDSeVGT4+5ZxXnJq199RVG2rR7N7Zw==");
        assertThat(reply.verdict()).isInstanceOf(Verdict.Admitted.class);
    }

    @ParameterizedTest
    @EnumSource(ScramHash.class)
    void anIndependentClientAndTheServerProveThemselvesToEachOther(ScramHash hash) {
        ScramTestClient client = new ScramTestClient(hash, "a=b,c", "comma");
        ScramExchange exchange = authenticator.scram(hash, PEER);

        ScramReply reply =
                exchange.last(client.last(exchange.first(client.first()).message()));

        assertThat(reply.message()).isEqualTo(client.expectedServerFinal());
        assertThat(((Verdict.Admitted) reply.verdict()).principal().userName()).isEqualTo("a=b,c");
    }

    @ParameterizedTest
    @CsvSource({"user, penciL", "a=b,c?, comma", "nobody, pencil", "keys-only, pencil"})
    void aWrongPasswordAndAnUnknownUserFailAlike(String name, String password) {
        ScramTestClient client = new ScramTestClient(ScramHash.SHA_256, name, password);
        ScramExchange exchange = authenticator.scram(ScramHash.SHA_256, PEER);

        ScramReply challenge = exchange.first(client.first());
        assertThat(challenge.message()).matches("r=[^,]+,s=[A-Za-z0-9+/]{22}==,i=4096");
        assertThat(challenge.verdict()).isNull();
        assertThat(exchange.last(client.last(challenge.message())))
                .isEqualTo(new ScramReply("e=invalid-proof", Verdict.refused(Refusal.BAD_CREDENTIALS)));
    }

    @Test
    void anUnknownUsersSaltStaysTheSameAlsoInANewProcessAndDiffersByNameAndMechanism() {
        String salt = saltShown(authenticator, "nobody", ScramHash.SHA_256);

        assertThat(saltShown(authenticator, "nobody", ScramHash.SHA_256)).isEqualTo(salt);
        assertThat(saltShown(authenticator(), "nobody", ScramHash.SHA_256)).isEqualTo(salt);
        assertThat(saltShown(authenticator, "nobody", ScramHash.SHA_512)).isNotEqualTo(salt);
        assertThat(saltShown(authenticator, "somebody", ScramHash.SHA_256)).isNotEqualTo(salt);
    }

    private static String saltShown(Authenticator by, String name, ScramHash hash) {
        return by.scram(hash, PEER)
                .first(bytes("n,,n=" + name + ",r=abc"))
                .message()
                .split(",", -1)[1];
    }

    @Test
    void everyExchangeHasItsOwnNonceBehindTheClients() {
        List<String> nonces = Stream.generate(() -> authenticator
                        .scram(ScramHash.SHA_256, PEER)
                        .first(bytes(CLIENT_FIRST))
                        .message()
                        .split(",", -1)[0])
                .limit(20)
                .toList();

        assertThat(nonces).doesNotHaveDuplicates().allMatch(nonce -> nonce.startsWith("r=rOprNGfwEbeRWgbNEkqO"));
        assertThat(nonces).allMatch(nonce -> nonce.length() >= "r=rOprNGfwEbeRWgbNEkqO".length() + 24);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "c=biws,r=rOprNGfwEbeRWgbNEkqO,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
                "c=biws,r=%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
                "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0x,"
                        + "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
            })
    void aNonceThatIsNotTheExchangesIsRefused(String clientFinal) {
        assertThat(afterChallenge(clientFinal).message()).isEqualTo("e=other-error");
    }

    @Test
    void aChangedProofIsRefused() {
        byte[] right = Base64.getDecoder().decode("dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
        for (int bit = 0; bit < right.length * Byte.SIZE; bit++) {
            byte[] proof = right.clone();
            proof[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
            assertProofIsRefused(proof);
        }
        for (int length : new int[] {0, 16, 31, 33, 64}) {
            assertProofIsRefused(Arrays.copyOf(right, length));
        }
    }

    private void assertProofIsRefused(byte[] proof) {
        clock.advance(Duration.ofHours(1));
        String clientFinal = WITHOUT_PROOF + ",p=" + Base64.getEncoder().encodeToString(proof);
        assertThat(afterChallenge(clientFinal).message()).isEqualTo("e=invalid-proof");
    }

    @ParameterizedTest
    @CsvSource({
        "eSws, channel-bindings-dont-match",
        "'', channel-bindings-dont-match",
        "biwsAA==, channel-bindings-dont-match"
    })
    void theFinalMessageRepeatsTheHeader(String binding, String error) {
        ScramReply reply = afterChallenge(CLIENT_FINAL.replace("c=biws", "c=" + binding));

        assertThat(reply.message()).isEqualTo("e=" + error);
        assertThat(refusal(reply)).isEqualTo(Refusal.MALFORMED);
    }

    private ScramReply afterChallenge(String clientFinal) {
        ScramExchange exchange = exchange(ScramHash.SHA_256);
        exchange.first(bytes(CLIENT_FIRST));
        return exchange.last(bytes(clientFinal));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                           | other-error",
                "n                            | other-error",
                "n,,n=user                    | other-error",
                "x,,n=user,r=abc              | other-error",
                "p=tls-unique,,n=user,r=abc   | channel-binding-not-supported",
                "n,a=boss,n=user,r=abc        | other-error",
                "n,b=user,n=user,r=abc        | other-error",
                "n,,m=x,n=user,r=abc          | extensions-not-supported",
                "n,,n=user,r=abc,m=x          | extensions-not-supported",
                "n,,u=user,r=abc              | other-error",
                "n,,n=us=er,r=abc             | invalid-username-encoding",
                "n,,n=user=,r=abc             | invalid-username-encoding",
                "n,,n=us=2cer,r=abc           | invalid-username-encoding",
                "n,,n=user,r=                 | other-error",
                "n,,n=user,r=a b              | other-error",
                "n,,n=user,r=\u00E4           | other-error",
                "n,,n=user,r=abc,             | other-error",
                "n,,n=user,r=abc,xyz          | other-error",
            })
    void aFirstMessageThatCannotBeIsRefusedWithItsError(String clientFirst, String error) {
        ScramReply reply = exchange(ScramHash.SHA_256).first(bytes(clientFirst));

        assertThat(reply.message()).isEqualTo("e=" + error);
        assertThat(refusal(reply)).isEqualTo(Refusal.MALFORMED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"y,,n=user,r=abc", "n,a=user,n=user,r=abc", "n,,n=user,r=abc,t=true"})
    void aHeaderThatAsksForNothingSpecialAndUnknownExtensionsAreFine(String clientFirst) {
        assertThat(exchange(ScramHash.SHA_256).first(bytes(clientFirst)).message())
                .startsWith("r=abc" + SERVER_NONCE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "c=biws",
                "c=biws,r=x",
                "r=x,c=biws,p=AAAA",
                "c=biws,r=x,p=!",
                "c=biws,r=x,p",
                "c=biws,r=,p=AAAA",
                "c=biws,r=x,p=AAAA,x=y",
                "c=biws,r=x,m=y,p=AAAA",
                "c=biws,r=x,=,p=AAAA"
            })
    void aFinalMessageThatCannotBeIsRefused(String clientFinal) {
        assertThat(refusal(afterChallenge(clientFinal))).isEqualTo(Refusal.MALFORMED);
    }

    @Test
    void bytesThatAreNotUtf8AndLongMessagesAreRefused() {
        assertThat(exchange(ScramHash.SHA_256)
                        .first(new byte[] {'n', ',', (byte) 0xC3})
                        .message())
                .isEqualTo("e=invalid-encoding");
        assertThat(exchange(ScramHash.SHA_256).first(new byte[2_049]).message()).isEqualTo("e=no-resources");
    }

    @Test
    void arbitraryBytesAreAnsweredAndNeverThrow() {
        Random random = new Random(11);
        for (int round = 0; round < 5_000; round++) {
            clock.advance(Duration.ofHours(1));
            byte[] first = random.nextBoolean() ? bytes(CLIENT_FIRST) : mutated(CLIENT_FIRST, random);
            ScramExchange exchange = exchange(ScramHash.SHA_256);
            ScramReply reply = exchange.first(first);
            if (reply.verdict() == null) {
                ScramReply end = exchange.last(mutated(CLIENT_FINAL, random));
                assertThat(end.verdict()).isInstanceOf(Verdict.Refused.class);
            }
        }
    }

    private static byte[] mutated(String message, Random random) {
        byte[] bytes = bytes(message);
        for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
            int at = random.nextInt(bytes.length);
            bytes[at] = (byte) (bytes[at] + 1 + random.nextInt(255));
        }
        return bytes;
    }

    @Test
    void anExchangeIsUsedOnce() {
        ScramExchange exchange = exchange(ScramHash.SHA_256);
        assertThatIllegalStateException().isThrownBy(() -> exchange.last(bytes(CLIENT_FINAL)));
        exchange.first(bytes(CLIENT_FIRST));
        assertThatIllegalStateException().isThrownBy(() -> exchange.first(bytes(CLIENT_FIRST)));
        exchange.last(bytes(CLIENT_FINAL));
        assertThatIllegalStateException().isThrownBy(() -> exchange.last(bytes(CLIENT_FINAL)));
    }

    @Test
    void aPasswordThatChangesDuringTheExchangeEndsIt() {
        ScramExchange exchange = exchange(ScramHash.SHA_256);
        exchange.first(bytes(CLIENT_FIRST));
        users.with(User.named("user").withPassword(Cheap.password("pen")));

        assertThat(exchange.last(bytes(CLIENT_FINAL)).message()).isEqualTo("e=invalid-proof");
    }

    @Test
    void guessesAreHeldBackAlsoWhenTheirExchangesBeganBefore() {
        List<ScramExchange> begun = Stream.generate(() -> exchange(ScramHash.SHA_256))
                .limit(AttemptBrake.FREE_FAILURES + 2)
                .peek(exchange -> exchange.first(bytes(CLIENT_FIRST)))
                .toList();
        String wrong = WITHOUT_PROOF + ",p=" + "A".repeat(43) + "=";
        for (int at = 0; at <= AttemptBrake.FREE_FAILURES; at++) {
            assertThat(refusal(begun.get(at).last(bytes(wrong)))).isEqualTo(Refusal.BAD_CREDENTIALS);
        }

        ScramReply held = begun.get(AttemptBrake.FREE_FAILURES + 1).last(bytes(CLIENT_FINAL));
        assertThat(held.message()).isEqualTo("e=other-error");
        assertThat(refusal(held)).isEqualTo(Refusal.HELD_BACK);
        assertThat(refusal(exchange(ScramHash.SHA_256).first(bytes(CLIENT_FIRST))))
                .isEqualTo(Refusal.HELD_BACK);
    }

    @Test
    void withoutUsersScramIsRefused() {
        users.without("user").without("a=b,c").without("keys-only");

        assertThat(refusal(exchange(ScramHash.SHA_256).first(bytes(CLIENT_FIRST))))
                .isEqualTo(Refusal.NO_USER_YET);
    }
}
