package io.millrace.broker.security;

/** A door's check of a request's signature with the secret that should have made it, say AWS Signature Version 4. */
@FunctionalInterface
public interface SignatureCheck {
    /** Whether {@code secret} made the signature; compares in constant time and does not keep the secret. */
    boolean isSignedWith(String secret);
}
