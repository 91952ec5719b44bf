package io.millrace.broker.security;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.base.Clock;
import io.millrace.broker.NameRule;
import java.net.InetAddress;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Decides who a peer is, for every door: by password (HTTP Basic, SASL PLAIN), by SCRAM, by access key sent or signed
 * with. While no user exists, whatever a peer on this machine presents is good enough and makes it
 * {@link Principal#ANONYMOUS}; a peer elsewhere is refused. SCRAM cannot work then, because the server would have to
 * prove that it knows the password: a door does not offer it while {@link #isOpen}.
 *
 * <p>Whether a peer is on this machine is judged by its address. A reverse proxy on this machine makes all its clients
 * local; that is a reason to make a user.
 *
 * <p>Any thread, except that {@link #password} takes a tenth of a second and more and does not belong on a loop:
 * ask {@link #passwordAtOnce} there, and hand over only what it leaves open. As many guesses slip past the brake as run
 * at the same time, so the threads for it are few.
 *
 * <p>Memory is bounded: see {@link AttemptBrake} and {@link VerifiedPasswords}.
 */
public final class Authenticator {
    private static final int NONCE_BYTES = 18;

    private final UserDirectory users;
    private final SecretSeal seal;
    private final RandomGenerator random;
    private final AttemptBrake brake;
    private final VerifiedPasswords verified;
    private final Decoys decoys;
    private final String decoySecret;

    /**
     * @param cost the one that passwords are set with now
     * @param random fit for cryptography and for any thread: {@link java.security.SecureRandom} outside tests
     */
    public Authenticator(UserDirectory users, SecretSeal seal, HashingCost cost, Clock clock, RandomGenerator random) {
        this.users = users;
        this.seal = seal;
        this.random = random;
        this.brake = new AttemptBrake(clock);
        this.verified = new VerifiedPasswords(random);
        this.decoys = new Decoys(seal.derive("decoys"), cost, random);
        this.decoySecret = AccessKeyIssuer.newSecret(random);
    }

    /** Whether no user exists yet, so that any credentials do on this machine. */
    public boolean isOpen() {
        return users.isEmpty();
    }

    /** For a peer that presents nothing. */
    public Verdict withoutCredentials(InetAddress peer) {
        return users.isEmpty() ? whileOpen(peer) : Verdict.refused(Refusal.CREDENTIALS_NEEDED);
    }

    /** For a user name and password, or an access key id and its secret. Slow: see the class. */
    public Verdict password(String userName, String password, InetAddress peer) {
        Verdict early = passwordAtOnce(userName, password, peer);
        if (early != null) {
            return early;
        }
        PasswordVerifiers verifiers = verifiersOf(userName);
        byte[] fingerprint = verified.fingerprint(userName, password, verifiers);
        if (!verifiers.verify(password)) {
            brake.failed(userName, peer, fingerprint);
            return badCredentials(userName, peer);
        }
        verified.add(fingerprint);
        brake.succeeded(userName, peer);
        return admitted(userName, AuthenticatedBy.PASSWORD);
    }

    /** What {@link #password} would say, if it can be said within microseconds; else null. */
    public @Nullable Verdict passwordAtOnce(String userName, String password, InetAddress peer) {
        if (users.isEmpty()) {
            return whileOpen(peer);
        }
        if (AccessKey.isId(userName)) {
            return accessKey(userName, AuthenticatedBy.ACCESS_KEY, secret -> isSame(secret, password));
        }
        Verdict early = beforeGuess(userName, peer);
        if (early != null) {
            return early;
        }
        byte[] fingerprint = verified.fingerprint(userName, password, verifiersOf(userName));
        if (verified.contains(fingerprint)) {
            return admitted(userName, AuthenticatedBy.PASSWORD);
        }
        return brake.isKnownWrong(userName, peer, fingerprint) ? Verdict.refused(Refusal.BAD_CREDENTIALS) : null;
    }

    /**
     * For a request that was signed with an access key's secret. {@code check} is asked also for a key that nobody has,
     * with a secret that nobody has, so that it takes as long.
     */
    public Verdict signed(String accessKeyId, InetAddress peer, SignatureCheck check) {
        return users.isEmpty() ? whileOpen(peer) : accessKey(accessKeyId, AuthenticatedBy.SIGNATURE, check);
    }

    /** A SCRAM exchange with a peer. */
    public ScramExchange scram(ScramHash hash, InetAddress peer) {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        return new ScramExchange(this, hash, peer, Base64.getEncoder().encodeToString(nonce));
    }

    /** The verdict that needs no proof, if there is one. */
    @Nullable
    Verdict beforeScram(String userName, InetAddress peer) {
        return users.isEmpty() ? Verdict.refused(Refusal.NO_USER_YET) : beforeGuess(userName, peer);
    }

    ScramVerifier scramVerifier(String userName, ScramHash hash) {
        User user = users.byName(userName);
        PasswordVerifiers password = user == null ? null : user.password();
        // The decoy is made in both cases, for the sake of time.
        ScramVerifier decoy = decoys.scram(userName, hash);
        return password == null ? decoy : password.scram(hash);
    }

    /** @param verifier what the exchange began with; it must still be the user's */
    Verdict afterScram(String userName, InetAddress peer, ScramVerifier verifier, boolean proved) {
        User user = users.byName(userName);
        PasswordVerifiers password = user == null ? null : user.password();
        boolean current = password != null && password.scram(verifier.hash()).equals(verifier);
        if (!proved || !current) {
            brake.failed(userName, peer, null);
            return badCredentials(userName, peer);
        }
        brake.succeeded(userName, peer);
        return admitted(userName, verifier.hash().authenticatedBy());
    }

    private static Verdict whileOpen(InetAddress peer) {
        return peer.isLoopbackAddress() ? Verdict.admitted(Principal.ANONYMOUS) : Verdict.refused(Refusal.NO_USER_YET);
    }

    private @Nullable Verdict beforeGuess(String userName, InetAddress peer) {
        if (NameRule.fault(userName) != null) {
            return Verdict.refused(Refusal.BAD_CREDENTIALS);
        }
        long heldNanos = brake.heldNanos(userName, peer);
        return heldNanos == 0 ? null : new Verdict.Refused(Refusal.HELD_BACK, millisUp(heldNanos));
    }

    private PasswordVerifiers verifiersOf(String userName) {
        User user = users.byName(userName);
        PasswordVerifiers password = user == null ? null : user.password();
        return password == null ? decoys.password() : password;
    }

    private Verdict accessKey(String accessKeyId, AuthenticatedBy by, SignatureCheck check) {
        User user = users.byAccessKey(accessKeyId);
        AccessKey key = user == null ? null : user.accessKey(accessKeyId);
        if (user == null || key == null) {
            boolean ignored = check.isSignedWith(decoySecret);
            return Verdict.refused(Refusal.BAD_CREDENTIALS);
        }
        try {
            String secret = seal.open(key.sealedSecret(), accessKeyId, user.name());
            return check.isSignedWith(secret)
                    ? Verdict.admitted(new Principal(user.name(), user.space(), by))
                    : Verdict.refused(Refusal.BAD_CREDENTIALS);
        } catch (BrokenSealException e) {
            return Verdict.refused(Refusal.SEAL_BROKEN);
        }
    }

    private Verdict admitted(String userName, AuthenticatedBy by) {
        User user = users.byName(userName);
        return user == null
                ? Verdict.refused(Refusal.BAD_CREDENTIALS)
                : Verdict.admitted(new Principal(userName, user.space(), by));
    }

    private Verdict badCredentials(String userName, InetAddress peer) {
        return new Verdict.Refused(Refusal.BAD_CREDENTIALS, millisUp(brake.heldNanos(userName, peer)));
    }

    private static boolean isSame(String one, String other) {
        return MessageDigest.isEqual(one.getBytes(UTF_8), other.getBytes(UTF_8));
    }

    private static long millisUp(long nanos) {
        long nanosPerMilli = TimeUnit.MILLISECONDS.toNanos(1);
        return (nanos + nanosPerMilli - 1) / nanosPerMilli;
    }
}
