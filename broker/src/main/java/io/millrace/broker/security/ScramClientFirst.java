package io.millrace.broker.security;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Base64;

/**
 * A client's first SCRAM message (RFC 5802, section 7): {@code gs2-flag,[a=authzid],n=user,r=nonce[,extensions]}.
 * Channel binding is not offered, so one that asks for it is refused; acting for somebody else is refused too.
 *
 * <p>Immutable; any thread.
 *
 * @param channelBinding the only value that the final message may have in {@code c=}
 * @param bare the message without its GS2 header, which the proof covers
 */
record ScramClientFirst(String channelBinding, String userName, String nonce, String bare) {
    static ScramClientFirst parse(byte[] bytes) throws ScramFault {
        String message = ScramText.decode(bytes);
        String[] parts = message.split(",", -1);
        if (parts.length < 4) {
            throw new ScramFault("other-error");
        }
        checkBinding(parts[0]);
        String userName = ScramText.name(ScramText.value(parts[2], 'n'));
        if (!parts[1].isEmpty()
                && !ScramText.name(ScramText.value(parts[1], 'a')).equals(userName)) {
            throw new ScramFault("other-error");
        }
        String nonce = ScramText.nonce(ScramText.value(parts[3], 'r'));
        ScramText.checkExtensions(parts, 4, parts.length);
        String header = parts[0] + "," + parts[1] + ",";
        return new ScramClientFirst(
                Base64.getEncoder().encodeToString(header.getBytes(UTF_8)),
                userName,
                nonce,
                message.substring(header.length()));
    }

    /** {@code n}: cannot bind; {@code y}: could, and saw that we do not offer it. */
    private static void checkBinding(String flag) throws ScramFault {
        if (flag.startsWith("p=")) {
            throw new ScramFault("channel-binding-not-supported");
        }
        if (!flag.equals("n") && !flag.equals("y")) {
            throw new ScramFault("other-error");
        }
    }
}
