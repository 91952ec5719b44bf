package io.millrace.broker.security;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.base.Check;
import java.net.InetAddress;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * The server's side of one SCRAM exchange (RFC 5802; RFC 7677 for SHA-256), without channel binding: {@link #first},
 * then {@link #last}, each once. A name that nobody has goes through the same steps with a verifier that never fits,
 * and fails with {@code e=invalid-proof} as a wrong password does. Takes microseconds: the hashing is the client's.
 *
 * <p>One connection's thread at a time. Made by {@link Authenticator#scram}.
 */
public final class ScramExchange {
    private final Authenticator authenticator;
    private final ScramHash hash;
    private final InetAddress peer;
    private final String serverNonce;
    private @Nullable Challenged challenged;
    private boolean begun;

    ScramExchange(Authenticator authenticator, ScramHash hash, InetAddress peer, String serverNonce) {
        this.authenticator = authenticator;
        this.hash = hash;
        this.peer = peer;
        this.serverNonce = serverNonce;
    }

    /** Answers the client's first message, with a challenge or with the refusal that ends the exchange. */
    public ScramReply first(byte[] message) {
        Check.that(!begun, "an exchange begins once");
        begun = true;
        try {
            ScramClientFirst first = ScramClientFirst.parse(message);
            Verdict early = authenticator.beforeScram(first.userName(), peer);
            return early == null ? challenge(first) : new ScramReply("e=other-error", early);
        } catch (ScramFault e) {
            return malformed(e);
        }
    }

    /** Answers the client's final message; the reply has a verdict. */
    public ScramReply last(byte[] message) {
        Challenged now = challenged;
        if (now == null) {
            throw new IllegalStateException("an exchange ends once, after a challenge");
        }
        challenged = null;
        try {
            return judge(now, ScramClientFinal.parse(message));
        } catch (ScramFault e) {
            return malformed(e);
        }
    }

    private ScramReply challenge(ScramClientFirst first) {
        ScramVerifier verifier = authenticator.scramVerifier(first.userName(), hash);
        String serverFirst =
                "r=" + first.nonce() + serverNonce + ",s=" + verifier.salt().base64() + ",i=" + verifier.iterations();
        challenged = new Challenged(first, verifier, serverFirst);
        return new ScramReply(serverFirst, null);
    }

    private ScramReply judge(Challenged now, ScramClientFinal last) throws ScramFault {
        if (!last.channelBinding().equals(now.first.channelBinding())) {
            throw new ScramFault("channel-bindings-dont-match");
        }
        if (!last.nonce().equals(now.first.nonce() + serverNonce)) {
            throw new ScramFault("other-error");
        }
        Verdict held = authenticator.beforeScram(now.first.userName(), peer);
        if (held != null) {
            return new ScramReply("e=other-error", held);
        }
        byte[] authMessage = (now.first.bare() + "," + now.serverFirst + "," + last.withoutProof()).getBytes(UTF_8);
        boolean proved = now.verifier.accepts(last.proof().bytes(), authMessage);
        Verdict verdict = authenticator.afterScram(now.first.userName(), peer, now.verifier, proved);
        if (!verdict.isAdmitted()) {
            return new ScramReply("e=invalid-proof", verdict);
        }
        byte[] signature = now.verifier.serverSignature(authMessage);
        return new ScramReply("v=" + Base64.getEncoder().encodeToString(signature), verdict);
    }

    private static ScramReply malformed(ScramFault fault) {
        return new ScramReply("e=" + fault.serverError(), Verdict.refused(Refusal.MALFORMED));
    }

    private record Challenged(ScramClientFirst first, ScramVerifier verifier, String serverFirst) {}
}
