package io.millrace.broker.security;

/**
 * A client's final SCRAM message (RFC 5802, section 7): {@code c=binding,r=nonce[,extensions],p=proof}.
 *
 * <p>Immutable; any thread.
 *
 * @param withoutProof the message up to the comma before {@code p=}, which the proof covers
 */
record ScramClientFinal(String channelBinding, String nonce, SecretBytes proof, String withoutProof) {
    static ScramClientFinal parse(byte[] bytes) throws ScramFault {
        String message = ScramText.decode(bytes);
        String[] parts = message.split(",", -1);
        if (parts.length < 3) {
            throw new ScramFault("other-error");
        }
        int last = parts.length - 1;
        ScramText.checkExtensions(parts, 2, last);
        return new ScramClientFinal(
                ScramText.value(parts[0], 'c'),
                ScramText.nonce(ScramText.value(parts[1], 'r')),
                SecretBytes.of(ScramText.base64(ScramText.value(parts[last], 'p'))),
                message.substring(0, message.lastIndexOf(',')));
    }
}
