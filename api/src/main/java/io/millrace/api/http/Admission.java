package io.millrace.api.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.RequestHeaders;
import io.millrace.api.text.Utf8;
import io.millrace.broker.SpaceName;
import io.millrace.broker.security.Authenticator;
import io.millrace.broker.security.OriginPolicy;
import io.millrace.broker.security.Permissions;
import io.millrace.broker.security.Principal;
import io.millrace.broker.security.Refusal;
import io.millrace.broker.security.Verdict;
import java.net.InetAddress;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Lets requests in: no foreign web page, no stranger (HTTP Basic, RFC 7617, with a password or an access key), and only
 * in a space in which the user may work. Any thread; passwords that take long to check are checked elsewhere.
 */
final class Admission {
    static final String SPACE = "millrace-space";

    private static final Map<String, String> CHALLENGE =
            Map.of("www-authenticate", "Basic realm=\"millrace\", charset=\"UTF-8\"");
    private static final String BASIC = "basic ";

    private final Authenticator authenticator;
    private final Permissions permissions;
    private final SlowWork slowWork;

    Admission(Authenticator authenticator, Permissions permissions, SlowWork slowWork) {
        this.authenticator = authenticator;
        this.permissions = permissions;
        this.slowWork = slowWork;
    }

    /** Refuses what a web page of another origin has sent. */
    void checkOrigin(RequestHeaders headers) {
        String authority = authority(headers);
        if (!OriginPolicy.admits(headers.getAll(HttpHeaderNames.ORIGIN), authority)) {
            throw new ProblemException(
                    Problem.FOREIGN_ORIGIN, "browsers are served only on pages of this very host and port");
        }
        if (authenticator.isOpen() && !OriginPolicy.namesThisMachine(authority)) {
            throw new ProblemException(
                    Problem.FOREIGN_HOST,
                    "as long as no user exists, the Host header has to be localhost or a loopback address;"
                            + " use such a URL, or make a user");
        }
    }

    private static @Nullable String authority(RequestHeaders headers) {
        List<String> authorities = headers.getAll(HttpHeaderNames.AUTHORITY);
        List<String> hosts = authorities.isEmpty() ? headers.getAll(HttpHeaderNames.HOST) : authorities;
        return hosts.size() == 1 ? hosts.get(0) : null;
    }

    /** Who sends the request, at work in the space that it names. */
    CompletableFuture<Principal> admit(RequestHeaders headers, InetAddress peer) {
        String authorization = headers.get(HttpHeaderNames.AUTHORIZATION);
        if (authorization == null) {
            return CompletableFuture.completedFuture(
                    principal(authenticator.withoutCredentials(peer), headers.get(SPACE)));
        }
        String[] credentials = credentials(authorization);
        Verdict early = authenticator.passwordAtOnce(credentials[0], credentials[1], peer);
        if (early != null) {
            return CompletableFuture.completedFuture(principal(early, headers.get(SPACE)));
        }
        return slowWork.run(() -> authenticator.password(credentials[0], credentials[1], peer))
                .thenApply(verdict -> principal(verdict, headers.get(SPACE)));
    }

    /** The user's name and the password. */
    private static String[] credentials(String authorization) {
        String text = authorization.regionMatches(true, 0, BASIC, 0, BASIC.length())
                ? decoded(authorization.substring(BASIC.length()).strip())
                : null;
        int colon = text == null ? -1 : text.indexOf(':');
        if (text == null || colon < 0) {
            throw new ProblemException(
                    Problem.BAD_CREDENTIALS,
                    "the Authorization header is not Basic with base64 of user:password in UTF-8",
                    CHALLENGE);
        }
        return new String[] {text.substring(0, colon), text.substring(colon + 1)};
    }

    private static @Nullable String decoded(String base64) {
        try {
            return Utf8.decode(Base64.getDecoder().decode(base64.getBytes(UTF_8)));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private Principal principal(Verdict verdict, @Nullable String space) {
        if (verdict instanceof Verdict.Refused refused) {
            throw refused(refused);
        }
        Principal principal = ((Verdict.Admitted) verdict).principal();
        Principal there = space == null ? principal : principal.in(spaceName(UrlText.headerText(SPACE, space)));
        if (!permissions.mayWorkIn(there, there.space())) {
            throw new ProblemException(Problem.FORBIDDEN, there.userName() + " may not work in space " + there.space());
        }
        return there;
    }

    private static SpaceName spaceName(String name) {
        try {
            return new SpaceName(name);
        } catch (IllegalArgumentException e) {
            throw new ProblemException(Problem.INVALID_VALUE, "header " + SPACE + ": " + e.getMessage());
        }
    }

    private static ProblemException refused(Verdict.Refused refused) {
        Refusal reason = refused.reason();
        return switch (reason) {
            case CREDENTIALS_NEEDED ->
                new ProblemException(
                        Problem.CREDENTIALS_NEEDED,
                        "send a user and password, or an access key and its secret, with HTTP Basic",
                        CHALLENGE);
            case NO_USER_YET ->
                new ProblemException(
                        Problem.NO_USER_YET,
                        "make a user on the broker's machine first: ./millrace user set NAME --password-stdin");
            case HELD_BACK ->
                new ProblemException(
                        Problem.HELD_BACK,
                        "nothing was checked; try again later, with the right password",
                        Map.of("retry-after", Long.toString(secondsUp(refused.retryAfterMillis()))));
            case BAD_CREDENTIALS, MALFORMED, SEAL_BROKEN ->
                new ProblemException(
                        Problem.BAD_CREDENTIALS, "the user is unknown or the password or secret is wrong", CHALLENGE);
        };
    }

    private static long secondsUp(long millis) {
        return Math.max(1, TimeUnit.MILLISECONDS.toSeconds(millis + 999));
    }
}
